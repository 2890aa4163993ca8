// Puts a BMP session into service and waits until it is up.
//
//	bmp-session -key ~/.ssh/id_ed25519 alice@router1.example.net:830 2001:db8:1::1 5000
//
// A NETCONF client in one file: the chunked framing of RFC 6242 over golang.org/x/crypto/ssh. With Debian's packages
// golang-go and golang-golang-x-crypto-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build bmp-session.go
package main

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

const (
	base         = "urn:ietf:params:xml:ns:netconf:base:1.0"
	endOfMessage = "]]>]]>"
	// A reply longer than this is not the answer to what is asked here.
	maxMessage = 1 << 20
)

const editConfig = `<edit-config><target><candidate/></target><error-option>rollback-on-error</error-option><config>
  <bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session>
    <vpn-instance>_public_</vpn-instance><address>%s</address><alias/><port>%s</port>
  </bmp-session></bmp>
</config></edit-config>`

// An empty <alias/> would select all aliases (RFC 6241 section 6.2); they are told apart in the reply.
const getState = `<get><filter type="subtree">
  <bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session>
    <vpn-instance>_public_</vpn-instance><address>%s</address><alias/><state/>
  </bmp-session></bmp>
</filter></get>`

type rpcError struct {
	Tag     string `xml:"error-tag"`
	Message string `xml:"error-message"`
}

type reply struct {
	Errors   []rpcError `xml:"rpc-error"`
	Sessions []struct {
		Alias string `xml:"alias"`
		State struct {
			OperState string `xml:"oper-state"`
			LastError string `xml:"last-error"`
		} `xml:"state"`
	} `xml:"data>bmp>bmp-session"`
}

// session is one NETCONF session: one request at a time.
type session struct {
	in  io.Writer
	out *bufio.Reader
	id  int
}

// open exchanges hellos (RFC 6241 section 8.1). Both ends with base:1.1 use chunks from then on.
func open(in io.Writer, out io.Reader) (*session, error) {
	s := &session{in: in, out: bufio.NewReader(out)}
	hello := `<hello xmlns="` + base + `"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability>` +
		`</capabilities></hello>` + endOfMessage
	if _, err := io.WriteString(in, hello); err != nil {
		return nil, err
	}
	var message []byte
	for !bytes.HasSuffix(message, []byte(endOfMessage)) {
		octet, err := s.out.ReadByte()
		if err != nil {
			return nil, fmt.Errorf("no hello: %w", err)
		}
		if message = append(message, octet); len(message) > maxMessage {
			return nil, errors.New("the hello has no end")
		}
	}
	if !bytes.Contains(message, []byte("urn:ietf:params:netconf:base:1.1<")) {
		return nil, errors.New("the server does not speak base:1.1")
	}
	return s, nil
}

// call sends an operation and waits for its reply; an <rpc-error> is an error.
func (s *session) call(operation string) (*reply, error) {
	s.id++
	rpc := fmt.Sprintf(`<rpc xmlns="%s" message-id="%d">%s</rpc>`, base, s.id, operation)
	if _, err := fmt.Fprintf(s.in, "\n#%d\n%s\n##\n", len(rpc), rpc); err != nil {
		return nil, err
	}
	message, err := s.read()
	if err != nil {
		return nil, err
	}
	var got reply
	if err := xml.Unmarshal(message, &got); err != nil {
		return nil, err
	}
	if len(got.Errors) > 0 {
		return nil, fmt.Errorf("the router refuses: %s (%s)", got.Errors[0].Message, got.Errors[0].Tag)
	}
	return &got, nil
}

// read reads one message in chunks (RFC 6242 section 4.2).
func (s *session) read() ([]byte, error) {
	var message []byte
	for {
		if newline, err := s.out.ReadByte(); err != nil || newline != '\n' {
			return nil, fmt.Errorf("no chunk: %w", orBroken(err))
		}
		header, err := s.out.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if header == "##\n" {
			return message, nil
		}
		size, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(header, "#"), "\n"))
		if err != nil || size < 1 || len(message)+size > maxMessage {
			return nil, fmt.Errorf("no chunk header: %q", header)
		}
		chunk := make([]byte, size)
		if _, err := io.ReadFull(s.out, chunk); err != nil {
			return nil, err
		}
		message = append(message, chunk...)
	}
}

func orBroken(err error) error {
	if err == nil {
		return errors.New("the framing is broken")
	}
	return err
}

// configure leaves nothing behind when it is refused: the end of the session ends the lock, and its edits with it.
func configure(s *session, address, port string) error {
	for _, operation := range []string{
		"<lock><target><candidate/></target></lock>",
		fmt.Sprintf(editConfig, escape(address), escape(port)),
		"<commit/>",
		"<unlock><target><candidate/></target></unlock>",
	} {
		if _, err := s.call(operation); err != nil {
			return err
		}
	}
	return nil
}

func waitUntilUp(s *session, address string, limit time.Duration) error {
	for deadline := time.Now().Add(limit); ; time.Sleep(500 * time.Millisecond) {
		got, err := s.call(fmt.Sprintf(getState, escape(address)))
		if err != nil {
			return err
		}
		for _, one := range got.Sessions {
			if one.Alias != "" {
				continue
			}
			if one.State.OperState == "up" {
				return nil
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s is %s after %s: %s", address, one.State.OperState, limit, one.State.LastError)
			}
		}
	}
}

func escape(text string) string {
	var escaped strings.Builder
	// A strings.Builder takes everything.
	_ = xml.EscapeText(&escaped, []byte(text))
	return escaped.String()
}

func dial(target, keyFile, knownHosts string) (*ssh.Client, error) {
	user, host, isComplete := strings.Cut(target, "@")
	if _, _, err := net.SplitHostPort(host); !isComplete || err != nil {
		return nil, fmt.Errorf("%q is not USER@HOST:PORT", target)
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyFile, err)
	}
	known, err := knownhosts.New(knownHosts)
	if err != nil {
		return nil, err
	}
	return ssh.Dial("tcp", host, &ssh.ClientConfig{
		User: user,
		Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		// One that all of the server's keys in known_hosts are of: the library asks for others first.
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
		HostKeyCallback:   known,
		Timeout:           10 * time.Second,
	})
}

func run(target, keyFile, knownHosts, address, port string, wait time.Duration) error {
	client, err := dial(target, keyFile, knownHosts)
	if err != nil {
		return err
	}
	defer client.Close()
	channel, err := client.NewSession()
	if err != nil {
		return err
	}
	in, err := channel.StdinPipe()
	if err != nil {
		return err
	}
	out, err := channel.StdoutPipe()
	if err != nil {
		return err
	}
	if err := channel.RequestSubsystem("netconf"); err != nil {
		return fmt.Errorf("no NETCONF at %s: %w", target, err)
	}
	s, err := open(in, out)
	if err != nil {
		return err
	}
	if err := configure(s, address, port); err != nil {
		return err
	}
	if err := waitUntilUp(s, address, wait); err != nil {
		return err
	}
	_, err = s.call("<close-session/>")
	return err
}

func main() {
	home, _ := os.UserHomeDir()
	keyFile := flag.String("key", filepath.Join(home, ".ssh/id_ed25519"), "file of the private key")
	knownHosts := flag.String("known-hosts", filepath.Join(home, ".ssh/known_hosts"), "file of known host keys")
	wait := flag.Duration("wait", 30*time.Second, "time until it must be up")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "bmp-session [options] USER@HOST:PORT COLLECTOR TCP_PORT")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 3 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *keyFile, *knownHosts, flag.Arg(1), flag.Arg(2), *wait); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s is up\n", flag.Arg(1))
}
