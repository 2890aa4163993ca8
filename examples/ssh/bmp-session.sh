#!/bin/bash
# Puts a BMP session into service with bash and OpenSSH, and tells in what state it is.
#
#   bmp-session.sh COLLECTOR TCP_PORT [ssh options] USER@HOST
#   bmp-session.sh 2001:db8:1::1 5000 -p 830 alice@router1.example.net
#
# Only base:1.0 is offered, so that messages end with ]]>]]> (RFC 6242 section 4.3) and need no lengths. Each request
# waits for the reply to the one before: without the lock, the commit would be one of other people's edits as well.
set -euo pipefail

if [[ $# -lt 3 || ! $1 =~ ^[0-9A-Fa-f:.]+$ || ! $2 =~ ^[0-9]+$ ]]; then
  sed -n '4,5s/^# *//p' "$0" >&2
  exit 2
fi
collector=$1 tcp_port=$2
shift 2

end=']]>]]>'
netconf=urn:ietf:params:xml:ns:netconf:base:1.0
keys="<vpn-instance>_public_</vpn-instance><address>$collector</address><alias/>"

coproc SSH { exec ssh -s "$@" netconf; }
exec {from}<&"${SSH[0]}" {to}>&"${SSH[1]}"

# Sends stdin as one message.
send() { { cat && printf %s "$end"; } >&"$to"; }

# Reads the next message into $reply.
receive() {
  local piece
  reply=
  while [[ $reply != *"$end" ]]; do
    IFS= read -r -d '>' -u "$from" piece || { echo "the connection is gone; see what ssh says" >&2; exit 1; }
    reply+="$piece>"
  done
}

# Sends the operation on stdin; its refusal ends everything. The session takes its lock and its edits with it.
request() {
  send <<<"<rpc message-id=\"1\" xmlns=\"$netconf\">$(cat)</rpc>"
  receive
  if [[ $reply =~ '<error-message'[^\>]*\>([^\<]*) ]]; then
    echo "refused: ${BASH_REMATCH[1]}" >&2
    exit 1
  fi
}

receive # the hello
send <<EOF
<hello xmlns="$netconf">
  <capabilities><capability>urn:ietf:params:netconf:base:1.0</capability></capabilities>
</hello>
EOF
request <<<"<lock><target><candidate/></target></lock>"
request <<EOF
<edit-config>
  <target><candidate/></target>
  <error-option>rollback-on-error</error-option>
  <config>
    <bmp xmlns="urn:bmpconfd:yang:bmp">
      <bmp-session>$keys<port>$tcp_port</port></bmp-session>
    </bmp>
  </config>
</edit-config>
EOF
request <<<"<commit/>"
request <<<"<unlock><target><candidate/></target></unlock>"
request <<EOF
<get><filter type="subtree">
  <bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session>$keys<state><oper-state/></state></bmp-session></bmp>
</filter></get>
EOF
[[ $reply =~ \<oper-state\>([a-z-]+) ]]
state=${BASH_REMATCH[1]}
request <<<"<close-session/>"
echo "$collector is $state"
