# Its image has neither. The first is AWS's own snap. AWS's package of the second fails on Ubuntu's Python 3.12, so this
# asks the same of the API; the machine's role may, for this stack.
export PATH="$PATH:/snap/bin"
install_aws() {
    timeout 120 snap wait system seed.loaded
    for pause in 5 10 20 0; do
        timeout 120 snap install aws-cli --classic && break
        [ "$pause" -gt 0 ] || return 1
        sleep "$pause"
    done
    install -D -m 755 /dev/stdin /opt/aws/bin/cfn-signal <<'END_OF_SCRIPT'
#!/bin/bash
# cfn-signal --exit-code CODE --stack NAME --resource LOGICAL_ID --region REGION, in this order.
[ "$2" = 0 ] && status=SUCCESS || status=FAILURE
exec aws cloudformation signal-resource --status "$status" --stack-name "$4" --logical-resource-id "$6" --region "$8" \
    --unique-id "$(cat /var/lib/cloud/data/instance-id)"
END_OF_SCRIPT
}
