#!/usr/bin/env bash
# Sets a stage up for the delivery from GitHub, in an AWS account and in this repository. --help says how.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: infra/delivery/set-up.sh <stage> [options]

Sets a stage up for the delivery from GitHub: the bucket of the state, the OIDC provider, the roles, and the GitHub
environments with their variables. It first prints what it will do, then asks. What is there already stays, so run it
again after an error, or to change a variable.

It needs an AWS CLI 2 with an administrator's credentials for the account of the stage, gh with those for the
repository, and jq.

  <stage>                    dev or prod. dev also sets up the environments of pull requests.
  --partner-endpoint <url>   The https:// address of the US partner's API.
  --alarm-email <address>    prod only: who gets a mail when an alarm goes off.
  --jwt-issuer <url>         prod only: the issuer of the clients' tokens.
  --jwt-audience <text>      prod only: the audience that these tokens are for.
  --region <region>          The AWS region: eu-west-1, unless it is set already.
  --yes                      Doesn't ask.
  --help                     Prints this.

The options with the values of GitHub variables are needed the first time. Without one, its variable stays as it is.
EOF
}

refuse() { # <sentence>
  echo "set-up.sh: $1. --help says what is allowed" >&2
  exit 2
}

stage='' yes='' partner_endpoint='' alarm_email='' jwt_issuer='' jwt_audience='' region=''
while [ $# -gt 0 ]; do
  case $1 in
    --help)
      usage
      exit
      ;;
    --yes) yes=yes ;;
    --partner-endpoint | --alarm-email | --jwt-issuer | --jwt-audience | --region)
      [ -n "${2:-}" ] || refuse "$1 has no value"
      option=${1#--}
      printf -v "${option//-/_}" %s "$2"
      shift
      ;;
    dev | prod)
      [ -z "$stage" ] || refuse "'$1' is a second stage"
      stage=$1
      ;;
    *) refuse "'$1' isn't an option or a stage" ;;
  esac
  shift
done
[ -n "$stage" ] || refuse 'No stage: dev or prod'
[ "$stage" = prod ] || [ -z "$alarm_email$jwt_issuer$jwt_audience" ] ||
  refuse "--alarm-email, --jwt-issuer and --jwt-audience are for prod, and the stage is $stage"

for tool in aws gh jq; do
  command -v "$tool" >/dev/null || {
    echo "set-up.sh: $tool isn't installed, and is needed" >&2
    exit 1
  }
done

here=$(cd "$(dirname "$0")" && pwd)
errors=$(mktemp)
mode=plan
step='finding the account and the repository'
finish() {
  status=$?
  rm -f "$errors"
  [ "$status" != 0 ] || return
  local done='Nothing is done'
  [ "$mode" = plan ] || done='What came before is done, and nothing after it. Run this again when the cause is gone'
  echo "Stopped at: $step. $done" >&2
}
trap finish EXIT
stop() { # <sentence>
  echo "$1" >&2
  exit 1
}

export AWS_PAGER=''
account=$(aws sts get-caller-identity --query Account --output text)
repo=$(gh repo view --json nameWithOwner --jq .nameWithOwner)
bucket="orders-state-$stage-$account"
provider="arn:aws:iam::$account:oidc-provider/token.actions.githubusercontent.com"

# Looks for a thing. $found is the answer, and $there is empty if the command says by this error that there is no such thing.
# Any other error ends the script.
look() { # <error> <command…>
  local absent=$1
  shift
  found='' there=yes
  found=$("$@" 2>"$errors") || {
    [[ $(<"$errors") == *"$absent"* ]] || stop "$(<"$errors")"
    there=''
  }
}

# Whether this part of the answer is the same JSON as a text.
found_is() { # <filter> <json>
  jq -e --argjson wanted "$2" "$1 == \$wanted" <<<"$found" >/dev/null
}

# Prints a change, and makes it unless this is only the plan.
change() { # <sentence> <command…>
  step=$1
  changes=$((changes + 1))
  echo "  $1"
  shift
  if [ "$mode" = change ]; then "$@" >/dev/null; fi
}

keep_state() {
  step="reading the bucket $bucket"
  look '(404)' aws s3api head-bucket --bucket "$bucket"
  if [ -z "$there" ]; then
    # AWS makes it private and encrypted. us-east-1 is the one region that can't be named.
    local place=()
    [ "$region" = us-east-1 ] || place=(--create-bucket-configuration "LocationConstraint=$region")
    change "Create the bucket $bucket for the state" aws s3api create-bucket --bucket "$bucket" ${place[@]+"${place[@]}"}
  fi
  look NoSuchBucket aws s3api get-bucket-versioning --bucket "$bucket" --output json
  [[ $found == *'"Enabled"'* ]] || change 'Keep every version of the state' \
    aws s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
}

trust_github() {
  step="reading the OIDC provider $provider"
  look NoSuchEntity aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$provider" --output json
  if [ -z "$there" ]; then
    change 'Create the OIDC provider of GitHub' aws iam create-open-id-connect-provider \
      --url https://token.actions.githubusercontent.com --client-id-list sts.amazonaws.com
  elif [[ $found != *'"sts.amazonaws.com"'* ]]; then
    change 'Let the OIDC provider of GitHub, which is there, take tokens that are for AWS' \
      aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn "$provider" \
      --client-id sts.amazonaws.com
  fi
}

# A role that only jobs in one GitHub environment of this repository get. A pull request of a fork gets no token at all.
role() { # <name> <GitHub environment>
  local trust
  trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",'
  trust+=" \"Principal\": {\"Federated\": \"$provider\"}, \"Condition\": {\"StringEquals\": {"
  trust+='"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",'
  trust+=" \"token.actions.githubusercontent.com:sub\": \"repo:$repo:environment:$2\"}}}]}"
  step="reading the role $1"
  look NoSuchEntity aws iam get-role --role-name "$1" --output json
  if [ -z "$there" ]; then
    change "Create the role $1 for jobs in the GitHub environment $2 of $repo" \
      aws iam create-role --role-name "$1" --max-session-duration 3600 --assume-role-policy-document "$trust"
  elif ! found_is .Role.AssumeRolePolicyDocument "$trust"; then
    change "Give the role $1 to jobs in the GitHub environment $2 of $repo, and to nobody else" \
      aws iam update-assume-role-policy --role-name "$1" --policy-document "$trust"
  fi
  variable "$2" AWS_ROLE_ARN "arn:aws:iam::$account:role/$1"
  variable "$2" STATE_BUCKET "$bucket"
  variable "$2" AWS_REGION "$region"
  variable "$2" US_PARTNER_ENDPOINT "$partner_endpoint" --partner-endpoint
}

read_everything() { # <role>
  step="reading the policies of the role $1"
  look NoSuchEntity aws iam list-attached-role-policies --role-name "$1" --output json
  [[ $found == *':policy/ReadOnlyAccess"'* ]] || change "Let the role $1 read everything" \
    aws iam attach-role-policy --role-name "$1" --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess
}

may() { # <role> <policy> <what it lets the role do>
  step="reading the policy of the role $1"
  look NoSuchEntity aws iam get-role-policy --role-name "$1" --policy-name deploy --output json
  if [ -z "$there" ] || ! found_is .PolicyDocument "$2"; then
    change "Let the role $1 $3" \
      aws iam put-role-policy --role-name "$1" --policy-name deploy --policy-document "$2"
  fi
}

# A GitHub environment. Of one that is there, the rules stay.
environment() { # <name>
  step="reading the GitHub environment $1"
  look '(HTTP 404)' gh api "repos/$repo/environments/$1"
  [ -n "$there" ] || change "Create the GitHub environment $1" gh api --silent --method PUT "repos/$repo/environments/$1"
}

# A GitHub environment whose jobs run for main alone, in prod once a reviewer approves: those that are set, or else yourself.
environment_of_main() {
  step="reading the GitHub environment $stage"
  look '(HTTP 404)' gh api "repos/$repo/environments/$stage"
  local rules kept='{"wait_timer":0,"prevent_self_review":false}' reviewers='[]' count=0 chosen=''
  if [ -n "$there" ]; then
    # GitHub takes away every rule that a change of an environment doesn't name.
    rules=$(jq -c '[.protection_rules[]? | .reviewers[]? | {type, id: .reviewer.id}] as $reviewers
      | {wait_timer: ([.protection_rules[]?.wait_timer // empty] | first // 0),
        prevent_self_review: any(.protection_rules[]?; .prevent_self_review == true)},
        $reviewers, ($reviewers | length), .deployment_branch_policy.custom_branch_policies' <<<"$found")
    { read -r kept && read -r reviewers && read -r count && read -r chosen; } <<<"$rules"
  fi
  if [ "$stage" = prod ] && [ "$count" = 0 ]; then
    reviewers="[{\"type\":\"User\",\"id\":$(gh api user --jq .id)}]" count=1 chosen=''
  fi
  [ "$chosen" = true ] ||
    change "Create or change the GitHub environment $stage: only chosen branches, $count reviewers" \
      write_environment "$reviewers" "$kept"
  look '(HTTP 404)' gh api "repos/$repo/environments/$stage/deployment-branch-policies"
  [[ $found == *'"name":"main"'* ]] ||
    change "Let the branch main use the GitHub environment $stage" \
      gh api --silent "repos/$repo/environments/$stage/deployment-branch-policies" --field name=main
}

write_environment() { # <reviewers> <other rules>
  echo "${2%\}}, \"reviewers\": $1, \"deployment_branch_policy\": {\"protected_branches\": false, \"custom_branch_policies\": true}}" |
    gh api --silent --method PUT "repos/$repo/environments/$stage" --input -
}

variable() { # <GitHub environment> <name> <value> <option, if it has the value>
  step="reading the variable $2 of the GitHub environment $1"
  look '(HTTP 404)' gh api "repos/$repo/environments/$1/variables/$2" --jq .value
  [ -n "$there$3" ] || refuse "$4 is needed the first time, for the variable $2 of the GitHub environment $1"
  [ -z "$3" ] || [[ -n $there && $found == "$3" ]] ||
    change "Set the variable $2 of the GitHub environment $1 to $3" gh variable set "$2" --env "$1" --body "$3"
}

set_up() {
  changes=0
  keep_state
  trust_github
  environment "$stage-plan"
  role DeliveryPlan "$stage-plan"
  read_everything DeliveryPlan
  environment_of_main
  role DeliveryDeploy "$stage"
  may DeliveryDeploy "$policy" 'deploy the stack, by infra/delivery/deploy-policy.json'
  if [ "$stage" = prod ]; then
    for environment in prod-plan prod; do
      variable "$environment" ALARM_EMAIL "$alarm_email" --alarm-email
      variable "$environment" JWT_ISSUER "$jwt_issuer" --jwt-issuer
      variable "$environment" JWT_AUDIENCE "$jwt_audience" --jwt-audience
    done
  else
    environment pull-request
    step='reading the label environment'
    look '(HTTP 404)' gh api "repos/$repo/labels/environment"
    [ -n "$there" ] || change 'Create the label environment, which gives a pull request an environment' \
      gh api --silent "repos/$repo/labels" --field name=environment
    role DeliveryPullRequest pull-request
    # Of what is named after a stage, only what is a branch's.
    [ -n "$branch_policy" ] ||
      branch_policy=$(jq -c '(.Statement[].Resource | select(type == "array" and any(test("[:/]pr-")))) |= map(select(test("[:/]pr-")))
        | (.Statement[] | select(.Sid == "State").Resource) = "arn:aws:s3:::orders-state-*/orders-pr-*"' <<<"$policy")
    may DeliveryPullRequest "$branch_policy" 'deploy environments of branches, by the part of that policy that is about them'
  fi
}

other=dev
[ "$stage" = prod ] || other=prod
step="looking for the stage $other in the account $account"
look '(404)' aws s3api head-bucket --bucket "orders-state-$other-$account"
[ -z "$there" ] || stop "The account $account has the stage $other. Each stage has an account of its own: use credentials of another one"

if [ -z "$region" ]; then
  look '(HTTP 404)' gh api "repos/$repo/environments/$stage/variables/AWS_REGION" --jq .value
  region=eu-west-1
  [ -z "$there" ] || region=$found
fi
export AWS_REGION=$region AWS_DEFAULT_REGION=$region

policy=$(<"$here/deploy-policy.json") branch_policy=''
echo "The stage $stage: account $account in $region, GitHub repository $repo"
set_up
if [ "$changes" = 0 ]; then
  echo '  Everything is there already'
else
  step='asking'
  if [ -z "$yes" ]; then
    [ -t 0 ] || stop 'Nobody can be asked here. --yes makes these changes without asking'
    read -rp "Make these $changes changes? [y/N] " answer
    [ "$answer" = y ] || stop 'The answer was not y'
  fi
  echo 'Making them:'
  mode=change
  set_up
  echo "Done: $changes changes"
fi

environments=$stage
[ "$stage" = prod ] || environments='dev pull-request'
for environment in $environments; do
  step="looking for the partner's key in the GitHub environment $environment"
  look '(HTTP 404)' gh api "repos/$repo/environments/$environment/secrets/US_PARTNER_API_KEY"
  [ -n "$there" ] || echo "Now set the partner's key, which the command asks for: gh secret set US_PARTNER_API_KEY --env $environment"
done
