#!/bin/bash
# Writes what all machines of the fleet sign cookies with: no value is ever an argument or a line.
set -euo pipefail
umask 077
readonly file=$1

# A new role's rights can take some seconds.
for pause in 2 4 8 0; do
    timeout 30 aws secretsmanager get-secret-value --secret-id "$SHARED_SECRET" --query SecretString --output text \
        >"$file.draft" && break
    [ "$pause" -gt 0 ] || exit 1
    sleep "$pause"
done
# A binary secret reads as None.
[ "$(wc -c <"$file.draft")" -gt 32 ] || { echo "the secret is shorter than 32 characters, or binary" >&2 && exit 1; }
if [ -n "${READERS:-}" ]; then
    chgrp "$READERS" "$file.draft"
    chmod 640 "$file.draft"
fi
mv "$file.draft" "$file"
