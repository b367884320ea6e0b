#!/bin/bash
# An issuer of tokens of our own, https://issuer.example.com, with one RSA key for each name of a key.
#
#   samples/tokens/token.sh jwks                # its set of keys (RFC 7517)
#   samples/tokens/token.sh policy              # the RequestAuthentication that accepts its tokens at the shop
#   samples/tokens/token.sh token alice staff   # a token (RFC 7519) of alice, who is in the group staff
#
# The keys are left in $PERIPLUS_TOKEN_DIR (default: the current directory) as <name>.key; $PERIPLUS_TOKEN_KEY names the key
# (default: first).
set -euo pipefail

issuer=https://issuer.example.com
name=${PERIPLUS_TOKEN_KEY:-first}
key=${PERIPLUS_TOKEN_DIR:-.}/$name.key
[ -e "$key" ] || (umask 077; openssl genrsa -out "$key" 2048 2>/dev/null)

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

jwks() {
    modulus=$(openssl rsa -in "$key" -noout -modulus | sed 's/Modulus=//; s/../\\x&/g')
    # The exponent of keys that openssl makes is 65537.
    echo "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"$name\",\"alg\":\"RS256\",\"e\":\"AQAB\",\"n\":\"$(printf "$modulus" | base64url)\"}]}"
}

case "${1:-} $#" in
"jwks 1")
    jwks
    ;;
"policy 1")
    cat <<POLICY
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: accepted, namespace: shop}
spec:
  targetRefs:
    - {group: "", kind: Service, name: shop}
  jwtRules:
    - issuer: $issuer
      jwks: '$(jwks)'
POLICY
    ;;
"token 2" | "token 3")
    header="{\"alg\":\"RS256\",\"kid\":\"$name\",\"typ\":\"JWT\"}"
    claims="{\"iss\":\"$issuer\",\"sub\":\"$2\",\"groups\":[\"${3:-}\"],\"exp\":$(($(date +%s) + 3600))}"
    signed=$(printf %s "$header" | base64url).$(printf %s "$claims" | base64url)
    echo "$signed.$(printf %s "$signed" | openssl dgst -sha256 -sign "$key" | base64url)"
    ;;
*)
    echo "usage: $0 jwks | policy | token <subject> [<group>]" >&2
    exit 2
    ;;
esac
