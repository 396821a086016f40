# An AWS account in the folder $ACCOUNT, as far as infra/delivery/set-up.sh uses one. $FAILING is a call that is denied.
fail() { # <code> <status>
  echo "An error occurred ($1) when calling the ${operation} operation: it failed" >&2
  exit 254
}
operation="$1 $2"
[ "$operation" != "${FAILING:-}" ] || fail AccessDenied
# The values of the options: that of --role-name is $role_name.
bucket='' create_bucket_configuration='' role_name='' assume_role_policy_document='' policy_document='' policy_arn=''
client_id='' client_id_list='' name=''
for argument in "$@"; do
  [ -z "$name" ] || printf -v "$name" %s "$argument"
  name=''
  [[ $argument != --* ]] || name=${argument#--} name=${name//-/_}
done
role="$ACCOUNT/role-$role_name"
bucket="$ACCOUNT/bucket-$bucket"

case $operation in
  'sts get-caller-identity') echo 123456789012 ;;
  's3api head-bucket') [ -e "$bucket" ] || fail 404 ;;
  's3api create-bucket') echo "$create_bucket_configuration" >"$bucket" ;;
  's3api get-bucket-versioning')
    [ -e "$bucket" ] || fail NoSuchBucket
    [ ! -e "$bucket-versioning" ] || echo '{"Status": "Enabled"}'
    ;;
  's3api put-bucket-versioning')
    [ -e "$bucket" ] || fail NoSuchBucket
    : >"$bucket-versioning"
    ;;
  'iam get-open-id-connect-provider')
    [ -e "$ACCOUNT/provider" ] || fail NoSuchEntity
    echo "$(<"$ACCOUNT/provider")"
    ;;
  'iam create-open-id-connect-provider')
    [ ! -e "$ACCOUNT/provider" ] || fail EntityAlreadyExists
    echo "{\"ClientIDList\": [\"$client_id_list\"]}" >"$ACCOUNT/provider"
    ;;
  'iam add-client-id-to-open-id-connect-provider')
    echo "{\"ClientIDList\": [\"another\", \"$client_id\"]}" >"$ACCOUNT/provider"
    ;;
  'iam get-role')
    [ -e "$role" ] || fail NoSuchEntity
    echo "{\"Role\": {\"AssumeRolePolicyDocument\": $(<"$role")}}"
    ;;
  'iam create-role')
    [ ! -e "$role" ] || fail EntityAlreadyExists
    echo "$assume_role_policy_document" >"$role"
    ;;
  'iam update-assume-role-policy') echo "$policy_document" >"$role" ;;
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
    echo "$policy_arn" >"$role-attached"
    ;;
  'iam get-role-policy')
    [ -e "$role-policy" ] || fail NoSuchEntity
    echo "{\"PolicyDocument\": $(<"$role-policy")}"
    ;;
  'iam put-role-policy')
    [ -e "$role" ] || fail NoSuchEntity
    echo "$policy_document" >"$role-policy"
    ;;
  *) fail "NoStandInFor $operation" ;;
esac
