#!/bin/bash
# Waits until the balancer finds this machine well: at the boot's word CloudFormation lets an old one go.
set -euo pipefail
machine=$(cat /var/lib/cloud/data/instance-id)
for _ in {1..60}; do
    told=$(timeout 30 aws elbv2 describe-target-health --target-group-arn "$TARGET_GROUP" --targets "Id=$machine" \
        --query 'TargetHealthDescriptions[0].TargetHealth.[State, Description]' --output text 2>&1) || true
    [ "${told%%[[:space:]]*}" != healthy ] || exit 0
    sleep 4
done
echo "boot: failed: the page answers, and the balancer does not find the machine well: $told"
exit 1
