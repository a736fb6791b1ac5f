#!/bin/bash
# Waits until the balancer finds this machine well: at the boot's word CloudFormation lets an old one go. A balancer that
# is new itself takes some minutes. What takes longer than the whole boot may is ended with no word of why.
set -euo pipefail
machine=$(cat /var/lib/cloud/data/instance-id)
readonly left=$((BOOT_LEFT - 40))
readonly longest=$((left < 600 ? left : 600))
while true; do
    told=$(timeout 30 aws elbv2 describe-target-health --target-group-arn "$TARGET_GROUP" --targets "Id=$machine" \
        --query 'TargetHealthDescriptions[0].TargetHealth.[State, Description]' --output text 2>&1) || true
    [ "${told%%[[:space:]]*}" != healthy ] || exit 0
    ((SECONDS < longest)) || break
    sleep 4
done
echo "boot: failed: the page answers, and the balancer does not find the machine well: $told"
exit 1
