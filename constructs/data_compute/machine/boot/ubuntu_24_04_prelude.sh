# Ubuntu has neither the AWS CLI nor cfn-signal. The first is AWS's own snap. AWS's package of the second fails on
# Ubuntu's Python 3.12, so this asks the same of the API; the machine's role may, for this stack.
# Should the CLI itself not come, nobody can be told: CloudFormation gives up after its timeout, and the console
# output has the reason.
export PATH="$PATH:/snap/bin"
timeout 120 snap wait system seed.loaded
for pause in 5 10 20 0; do
    timeout 120 snap install aws-cli --classic && break
    [ "$pause" -gt 0 ] || exit 3
    sleep "$pause"
done
install -D -m 755 /dev/stdin /opt/aws/bin/cfn-signal <<'END_OF_SCRIPT'
#!/bin/bash
# cfn-signal --exit-code CODE --stack NAME --resource LOGICAL_ID --region REGION, in this order.
[ "$2" = 0 ] && status=SUCCESS || status=FAILURE
exec aws cloudformation signal-resource --status "$status" --stack-name "$4" --logical-resource-id "$6" --region "$8" \
    --unique-id "$(cat /var/lib/cloud/data/instance-id)"
END_OF_SCRIPT
