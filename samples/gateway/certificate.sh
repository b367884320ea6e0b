#!/bin/sh
# A certificate authority of our own and a certificate for the names given, as the Secret that a Gateway serves with.
#
#   samples/gateway/certificate.sh shop shop-cert shop.example.com '*.shop.example.com' | kubectl apply -f -
#
# The authority's certificate is left in $PERIPLUS_CA_DIR (default: the current directory) as ca.crt, for clients:
#
#   curl --cacert ca.crt ...
set -eu

[ $# -ge 3 ] || { echo "usage: $0 <namespace> <secret> <host name>..." >&2; exit 2; }
namespace=$1
secret=$2
shift 2
directory=${PERIPLUS_CA_DIR:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

names=
for name in "$@"; do
    names="$names${names:+,}DNS:$name"
done
if ! [ -e "$directory/ca.crt" ] || ! [ -e "$directory/ca.key" ]; then
    (umask 077; openssl ecparam -name prime256v1 -genkey -noout -out "$directory/ca.key")
    openssl req -x509 -new -key "$directory/ca.key" -days 365 -subj "/CN=samples" -out "$directory/ca.crt"
fi
(umask 077; openssl ecparam -name prime256v1 -genkey -noout -out "$work/tls.key")
openssl req -new -key "$work/tls.key" -subj "/CN=$1" -out "$work/tls.csr"
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names" >"$work/extensions"
openssl x509 -req -in "$work/tls.csr" -CA "$directory/ca.crt" -CAkey "$directory/ca.key" -CAcreateserial \
    -CAserial "$work/serial" -days 90 -extfile "$work/extensions" -out "$work/tls.crt" 2>/dev/null

cat <<SECRET
apiVersion: v1
kind: Secret
metadata: {name: $secret, namespace: $namespace}
type: kubernetes.io/tls
data:
  tls.crt: $(base64 <"$work/tls.crt" | tr -d '\n')
  tls.key: $(base64 <"$work/tls.key" | tr -d '\n')
SECRET
