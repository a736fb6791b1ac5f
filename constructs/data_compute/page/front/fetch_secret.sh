#!/bin/bash
# Writes what the edge may bring: the secret as it is now, and as it was before, which the edge brings until a deploy
# reaches all of it. Only digests are kept, so the file may be anybody's to read; no value is ever an argument or a line.
set -euo pipefail
readonly file=$1

digest() {
    local value
    value=$(timeout 30 aws secretsmanager get-secret-value --secret-id "$ORIGIN_SECRET" --version-stage "$1" \
        --query SecretString --output text) || return
    # A binary secret reads as None, and who can read the digest of a short one could guess it.
    [ "${#value}" -ge 32 ] || { echo "the secret's $1 is shorter than 32 characters, or binary" >&2 && return 1; }
    printf %s "$value" | sha256sum | cut -d ' ' -f 1
}

# A new role's rights can take some seconds.
for pause in 2 4 8 0; do
    now=$(digest AWSCURRENT) && break
    [ "$pause" -gt 0 ] || exit 1
    sleep "$pause"
done
# A secret that never changed has no value before. Any other refusal leaves the file as it is.
before=$(digest AWSPREVIOUS 2>"$file.error") || {
    grep -q ResourceNotFoundException "$file.error" || { cat "$file.error" >&2 && exit 1; }
    before=""
}
printf '%s\n' "$now" ${before:+"$before"} >"$file.draft"
chmod 644 "$file.draft"
mv "$file.draft" "$file"
rm "$file.error"
