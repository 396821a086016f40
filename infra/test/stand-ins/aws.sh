# An AWS account in the folder $ACCOUNT, as far as infra/delivery/set-up.sh uses one. $FAILING is a call that is denied.
fail() { # <code> <status>
  echo "An error occurred ($1) when calling the ${operation} operation: it failed" >&2
  exit 254
}
option() { # <name>
  local take=''
  for argument in "${arguments[@]}"; do
    [ -z "$take" ] || {
      echo "$argument"
      return
    }
    [ "$argument" != "--$1" ] || take=yes
  done
}
arguments=("$@")
operation="$1 $2"
[ "$operation" != "${FAILING:-}" ] || fail AccessDenied
role="$ACCOUNT/role-$(option role-name)"
bucket="$ACCOUNT/bucket-$(option bucket)"

case $operation in
  'sts get-caller-identity') echo 123456789012 ;;
  's3api head-bucket') [ -e "$bucket" ] || fail 404 ;;
  's3api create-bucket') option create-bucket-configuration >"$bucket" ;;
  's3api get-bucket-versioning')
    [ -e "$bucket" ] || fail NoSuchBucket
    [ ! -e "$bucket-versioning" ] || echo '{"Status": "Enabled"}'
    ;;
  's3api put-bucket-versioning')
    [ -e "$bucket" ] || fail NoSuchBucket
    touch "$bucket-versioning"
    ;;
  'iam get-open-id-connect-provider')
    [ -e "$ACCOUNT/provider" ] || fail NoSuchEntity
    cat "$ACCOUNT/provider"
    ;;
  'iam create-open-id-connect-provider')
    [ ! -e "$ACCOUNT/provider" ] || fail EntityAlreadyExists
    echo "{\"ClientIDList\": [\"$(option client-id-list)\"]}" >"$ACCOUNT/provider"
    ;;
  'iam add-client-id-to-open-id-connect-provider')
    echo "{\"ClientIDList\": [\"another\", \"$(option client-id)\"]}" >"$ACCOUNT/provider"
    ;;
  'iam get-role')
    [ -e "$role" ] || fail NoSuchEntity
    echo "{\"Role\": {\"AssumeRolePolicyDocument\": $(<"$role")}}"
    ;;
  'iam create-role')
    [ ! -e "$role" ] || fail EntityAlreadyExists
    option assume-role-policy-document >"$role"
    ;;
  'iam update-assume-role-policy') option policy-document >"$role" ;;
  'iam list-attached-role-policies')
    [ -e "$role" ] || fail NoSuchEntity
    if [ -e "$role-attached" ]; then
      echo "{\"AttachedPolicies\": [{\"PolicyArn\": \"$(<"$role-attached")\"}]}"
    else
      echo '{"AttachedPolicies": []}'
    fi
    ;;
  'iam attach-role-policy')
    [ -e "$role" ] || fail NoSuchEntity
    option policy-arn >"$role-attached"
    ;;
  'iam get-role-policy')
    [ -e "$role-policy" ] || fail NoSuchEntity
    echo "{\"PolicyDocument\": $(<"$role-policy")}"
    ;;
  'iam put-role-policy')
    [ -e "$role" ] || fail NoSuchEntity
    option policy-document >"$role-policy"
    ;;
  *) fail "NoStandInFor $operation" ;;
esac
