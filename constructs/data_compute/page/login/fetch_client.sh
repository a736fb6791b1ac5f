#!/bin/bash
# Writes what the page is to its user pool, the secret included: no value of that is ever an argument or a line.
set -euo pipefail
umask 077
readonly file=$1

ask() {
    timeout 30 aws cognito-idp "$@" --user-pool-id "$USER_POOL"
}

# The stack's own: others of the pool are for something else. An answer of many pages has empty lines, which xargs drops.
client=$(ask list-user-pool-clients --query "UserPoolClients[?ClientName=='page'].ClientId" --output text | xargs)
case $client in
"") echo "the page's client is not there yet" && exit 75 ;;
*" "*) echo "several clients of $USER_POOL are called page: $client; delete those of no stack" && exit 1 ;;
esac
# Where AWS is somewhere else, so are its pages.
pages=${AWS_ENDPOINT_URL:-$SIGN_IN_PAGES}
ask describe-user-pool-client --client-id "$client" --output json --query "UserPoolClient.{id: ClientId, \
secret: ClientSecret, pages: '$pages', callback: CallbackURLs[0], signed_out: LogoutURLs[0]}" >"$file.draft"
if [ -n "${READERS:-}" ]; then
    chgrp "$READERS" "$file.draft"
    chmod 640 "$file.draft"
fi
mv "$file.draft" "$file"
