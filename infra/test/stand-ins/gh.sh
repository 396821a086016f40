# GitHub in the folder $ACCOUNT, as far as infra/delivery/set-up.sh uses it.
if [ "$1 $2" = 'repo view' ]; then
  echo shop/orders
  exit
fi
if [ "$1 $2" = 'variable set' ]; then
  [ -d "$ACCOUNT/environments/$5" ] || {
    echo "failed to set variable: HTTP 404" >&2
    exit 1
  }
  [ -d "$ACCOUNT/environments/$5/variables" ] || mkdir "$ACCOUNT/environments/$5/variables"
  echo "{\"name\":\"$3\",\"value\":\"$7\"}" >"$ACCOUNT/environments/$5/variables/$3"
  exit
fi

shift
method=GET path='' field='' filter='' body=''
while [ $# -gt 0 ]; do
  case $1 in
    --silent) ;;
    --input)
      body=$(cat)
      shift
      ;;
    --jq)
      filter=$2
      shift
      ;;
    --method)
      method=$2
      shift
      ;;
    --field)
      method=POST field=$2
      shift
      ;;
    *) path=$1 ;;
  esac
  shift
done
thing="$ACCOUNT/${path#repos/shop/orders/}"
case "$method $path" in
  'GET user') [ "$filter" = .id ] && echo 7 ;;
  GET*)
    [ ! -d "$thing" ] || thing+=/rules
    [ -e "$thing" ] || {
      echo '{"message":"Not Found"}'
      echo 'gh: Not Found (HTTP 404)' >&2
      exit 1
    }
    answer=$(<"$thing")
    case $filter in
      '') echo "$answer" ;;
      .value)
        answer=${answer#*'"value":"'}
        echo "${answer%'"'*}"
        ;;
      *) echo "no stand-in for --jq $filter" >&2 && exit 1 ;;
    esac
    ;;
  PUT*)
    mkdir -p "$thing"
    rules='{"deployment_branch_policy":null,"protection_rules":[]}'
    [ -z "$body" ] ||
      rules=$(jq -c '{deployment_branch_policy, protection_rules: [{type: "required_reviewers", prevent_self_review,
        reviewers: [.reviewers[]? | {type, reviewer: {id}}]}, {type: "wait_timer", wait_timer}]}' <<<"$body")
    echo "$rules" >"$thing/rules"
    echo '{"branch_policies":[]}' >"$thing/deployment-branch-policies"
    ;;
  POST*/labels)
    mkdir -p "$thing"
    echo "{\"name\":\"${field#name=}\"}" >"$thing/${field#name=}"
    ;;
  POST*) echo "{\"branch_policies\":[{\"name\":\"${field#name=}\"}]}" >"$thing" ;;
esac
