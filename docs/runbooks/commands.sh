# The commands of the runbooks. Source this file in bash, with credentials of the stage's account:
#   source docs/runbooks/commands.sh
# It needs jq, and AWS CLI 2.15 or later. A command that fails returns a status other than 0 and says why.
# shellcheck shell=bash

export AWS_PAGER='' AWS_REGION="${AWS_REGION:-eu-west-1}" AWS_DEFAULT_OUTPUT=json

queue_url() { aws sqs get-queue-url --queue-name "$1" --query QueueUrl --output text; }

workflow_arn() {
  aws stepfunctions list-state-machines --output text \
    --query "stateMachines[?name=='EUOrderFulfilment'].stateMachineArn"
}

# look <queue>: shows up to ten messages, which stay in the queue. The attributes say what failed and why.
look() {
  local url
  url=$(queue_url "$1") || return
  aws sqs receive-message --queue-url "$url" --max-number-of-messages 10 --visibility-timeout 1 \
    --wait-time-seconds 5 --message-attribute-names All |
    jq '.Messages[]? | {attributes: ((.MessageAttributes // {}) | map_values(.StringValue)), body: (.Body | fromjson)}'
}

# redeliver <queue> <to_…> [name]: delivers the messages that are in the queue now, one by one. It deletes each message once
# the target accepts it. At the first that isn't accepted it stops, and leaves that one in the queue.
redeliver() {
  local url count message delivered=0
  url=$(queue_url "$1") || return
  count=$(aws sqs get-queue-attributes --queue-url "$url" --query 'sum(values(Attributes)[].to_number(@))' --output text \
    --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible) || return
  while ((delivered < count)); do
    message=$(aws sqs receive-message --queue-url "$url" --wait-time-seconds 5 --query 'Messages[0]') || return
    [ "${message:-null}" != null ] || break
    jq -r .Body <<<"$message" | "${@:2}" || {
      echo "Stopped. This message stays in $1: $message" >&2
      return 1
    }
    aws sqs delete-message --queue-url "$url" --receipt-handle "$(jq -r .ReceiptHandle <<<"$message")" || return
    ((delivered += 1))
  done
  echo "$delivered of about $count messages redelivered from $1"
}

# The targets of redeliver. Each reads one event.

# to_target <rule>: the target of the rule gets the event. What a rule posts or puts into a queue goes back to the bus.
to_target() {
  local arn
  arn=$(aws events list-targets-by-rule --event-bus-name Orders --rule "$1" --query 'Targets[0].Arn' --output text) ||
    return
  case "$arn" in
    *:function:*) to_function "${arn##*:}" ;;
    *:stateMachine:*) to_workflow ;;
    *:api-destination/* | *:sqs:*) to_bus ;;
    *)
      echo "The target of $1 is $arn. Give it its events by replay" >&2
      return 1
      ;;
  esac
}

# Every rule that the event matches gets it, under a new event id.
to_bus() {
  local entries failed
  entries=$(jq -ce '[{EventBusName: "Orders", Source: .source, DetailType: ."detail-type",
    Detail: (.detail | tojson)}]') &&
    failed=$(aws events put-events --entries "$entries" --query FailedEntryCount) && [ "$failed" = 0 ]
}

# The execution has the name of the event's id: Step Functions refuses a second one of the same event.
to_workflow() {
  local event arn
  event=$(jq -ce 'select(.id)') && arn=$(workflow_arn) &&
    aws stepfunctions start-execution --state-machine-arn "$arn" --name "$(jq -r .id <<<"$event")" --input "$event"
}

# to_function <function>: asynchronously, as EventBridge does it, with retries and the function's own queue of failures.
to_function() {
  local event
  event=$(jq -ce '.requestPayload // .') && aws lambda invoke --function-name "$1" \
    --invocation-type Event --cli-binary-format raw-in-base64-out --payload "$event" /dev/null
}

# replay <rule> <from> <to>: gives the rule again every event that it matched in that time, 2026-01-31T12:00:00Z.
replay() {
  local archive bus rule
  archive=$(aws events describe-archive --archive-name Orders --query ArchiveArn --output text) &&
    bus=$(aws events describe-event-bus --name Orders --query Arn --output text) &&
    rule=$(aws events describe-rule --event-bus-name Orders --name "$1" --query Arn --output text) &&
    aws events start-replay --replay-name "$1-$(date +%s)" --event-source-arn "$archive" --event-start-time "$2" \
      --event-end-time "$3" --destination "$(jq -nc --arg b "$bus" --arg r "$rule" '{Arn: $b, FilterArns: [$r]}')"
}

# insights <log group> <query> [hours]: runs a query of CloudWatch Logs Insights over the last 24 hours, or so many.
insights() {
  local id now results
  now=$(date +%s)
  id=$(aws logs start-query --log-group-name "$1" --query-string "$2" --start-time $((now - ${3:-24} * 3600)) \
    --end-time "$now" --query queryId --output text) || return
  while results=$(aws logs get-query-results --query-id "$id") &&
    jq -e '.status == "Scheduled" or .status == "Running"' <<<"$results" >/dev/null; do sleep 1; done
  jq -c '.results[] | map(select(.field != "@ptr") | {(.field): .value}) | add' <<<"$results"
}

# undispatched [hours]: prints the orders for the workflow that were placed in the last 24 hours, or so many, and aren't
# dispatched. Those that were placed a moment ago are among them.
undispatched() {
  insights /aws/events/orders 'filter detail.location like /^eu-west/
    | stats min(@timestamp) as placed, sum(strcontains(`detail-type`, "Order Dispatched")) as dispatched by detail.orderId
    | filter dispatched = 0 | sort placed asc' "${1:-24}"
}

# lost <detail-type> <order id>: prints the event from the log.
lost() {
  aws logs filter-log-events --log-group-name /aws/events/orders --filter-pattern "\"$1\" \"$2\"" |
    jq -e '.events[0].message | fromjson'
}

# attempts <rule> <metric>: prints a metric of the rule for every five minutes of the last hour.
attempts() {
  aws cloudwatch get-metric-statistics --namespace AWS/Events --metric-name "$2" --statistics Sum --period 300 \
    --dimensions Name=EventBusName,Value=Orders "Name=RuleName,Value=$1" \
    --start-time $(($(date +%s) - 3600)) --end-time "$(date +%s)" \
    --query 'sort_by(Datapoints, &Timestamp)[].[Timestamp, Sum]' --output text
}

# concurrency [function]: prints how many ran at once, of the account or of one function, over the last three hours.
concurrency() {
  aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name ConcurrentExecutions --statistics Maximum \
    --period 300 --start-time $(($(date +%s) - 10800)) --end-time "$(date +%s)" \
    --query 'sort_by(Datapoints, &Timestamp)[].[Timestamp, Maximum]' --output text \
    ${1:+--dimensions "Name=FunctionName,Value=$1"}
}

# unsuccessful: lists the executions of the workflow that failed, were stopped or ran out of time, with their dates.
unsuccessful() {
  local arn status
  arn=$(workflow_arn) || return
  for status in FAILED ABORTED TIMED_OUT; do
    aws stepfunctions list-executions --state-machine-arn "$arn" --status-filter "$status" \
      --query 'executions[].[stopDate, executionArn]' --output text || return
  done
}

# where_is <order id>: prints what is known of an order: its status, its row, its events in the log, the executions that failed
# with it, and the queues in which it waits, among the first ten messages of each.
where_is() {
  local key arn url count letters
  key=$(jq -nc --arg id "$1" '{orderId: {S: $id}}') || return
  echo '# its status, and its row'
  aws dynamodb get-item --table-name OrderStatus --key "$key" --query Item &&
    aws dynamodb get-item --table-name OrderDetails --key "$key" --query Item || return
  echo '# its events'
  aws logs filter-log-events --log-group-name /aws/events/orders --filter-pattern "\"$1\"" |
    jq -c '.events[].message | fromjson | [.time, ."detail-type", .id]' || return
  echo '# the executions that failed with it'
  unsuccessful | while read -r _ arn; do
    [ -z "$arn" ] || aws stepfunctions describe-execution --execution-arn "$arn" |
      jq -r --arg id "$1" 'select(.input | contains($id)) | [.status, .executionArn] | @tsv'
  done || return
  echo '# the queues in which it waits'
  aws sqs list-queues | jq -r '.QueueUrls[]?' | while read -r url; do
    count=$(aws sqs get-queue-attributes --queue-url "$url" --attribute-names ApproximateNumberOfMessages \
      --query Attributes.ApproximateNumberOfMessages --output text) || return
    [ "$count" != 0 ] || continue
    letters=$(look "${url##*/}") || return
    [[ $letters != *"$1"* ]] || echo "${url##*/}"
  done
}

# restore <time>: restores the table as it was then, 2026-01-31T12:00:00Z, under another name. It may take hours.
restore() {
  aws dynamodb restore-table-to-point-in-time --source-table-name OrderDetails \
    --target-table-name OrderDetails-restored --restore-date-time "$1" >/dev/null || return
  local status
  until status=$(aws dynamodb describe-table --table-name OrderDetails-restored --query Table.TableStatus \
    --output text) && [ "$status" = ACTIVE ]; do
    [ -n "$status" ] || return 1
    sleep 30
  done
}

# copy_rows: writes the restored rows that the table doesn't have. It leaves every row that is there, so delete a wrong
# row first. It stops at a row that can't be written.
copy_rows() (
  set -o pipefail
  aws dynamodb scan --table-name OrderDetails-restored | jq -c '.Items[]' | while read -r item; do
    said=$(aws dynamodb put-item --table-name OrderDetails --item "$item" \
      --condition-expression 'attribute_not_exists(orderId)' 2>&1) || [[ $said == *ConditionalCheckFailed* ]] || {
      echo "Stopped at $item: $said" >&2
      exit 1
    }
  done
)
