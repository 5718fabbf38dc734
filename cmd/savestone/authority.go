package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"savestone/emulator"
)

// How long certificates hold. What has less than its margin left is made anew.
const (
	authorityLife   = 365 * 24 * time.Hour
	authorityMargin = 30 * 24 * time.Hour
	leafLife        = 30 * 24 * time.Hour
	leafMargin      = 24 * time.Hour
	clockSkew       = time.Hour // by which another clock may be behind
)

// authority signs the certificate with which the proxy answers in Roblox's name. Whoever trusts it
// trusts it for that one name only: the certificate says so itself.
type authority struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	shown string // a file with the certificate, for people
	now   func() time.Time

	mu   sync.Mutex
	leaf *tls.Certificate
}

// newAuthority makes an authority that nobody trusts yet.
func newAuthority(now func() time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of the proxy's authority: %w", err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "savestone local authority"},
		NotBefore:             now().Add(-clockSkew),
		NotAfter:              now().Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{openCloudHost},
		ExcludedIPRanges: []*net.IPNet{
			{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 8*net.IPv4len)},
			{IP: net.IPv6zero, Mask: net.CIDRMask(0, 8*net.IPv6len)},
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the proxy's authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert: cert, key: key, now: now}, err
}

// pem is the certificate as clients want it.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// fresh reports whether the authority will do for a while.
func (a *authority) fresh() bool {
	now := a.now()
	return !now.Before(a.cert.NotBefore) && now.Add(authorityMargin).Before(a.cert.NotAfter)
}

// certificate returns the one for Roblox's host.
func (a *authority) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leaf != nil && a.now().Add(leafMargin).Before(a.leaf.Leaf.NotAfter) {
		return a.leaf, nil
	}
	leaf, err := a.issue()
	if err != nil {
		return nil, err
	}
	a.leaf = leaf
	return leaf, nil
}

func (a *authority) issue() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key for %s: %w", openCloudHost, err)
	}
	until := a.now().Add(leafLife)
	if until.After(a.cert.NotAfter) {
		until = a.cert.NotAfter
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: openCloudHost},
		NotBefore: a.now().Add(-clockSkew), NotAfter: until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: []string{openCloudHost},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate for %s: %w", openCloudHost, err)
	}
	cert, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert}, err
}

// authorityIn returns the authority that a folder keeps, for clients that were told to trust it
// once. If there is none, or not for long, or others could have read its key, it is made anew.
func authorityIn(folder string, now func() time.Time) (*authority, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	secret, shown := filepath.Join(folder, "authority.pem"), filepath.Join(folder, "ca.pem")
	a, err := readAuthority(secret, now)
	if err == nil && a.fresh() {
		a.shown = shown
		return a, replaceFile(shown, a.pem(), 0o644)
	}
	if a, err = newAuthority(now); err != nil {
		return nil, err
	}
	a.shown = shown
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return nil, fmt.Errorf("write the key of the proxy's authority: %w", err)
	}
	both := append(a.pem(), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	if err := replaceFile(secret, both, 0o600); err != nil {
		return nil, err
	}
	return a, replaceFile(shown, a.pem(), 0o644)
}

var errNoAuthority = errors.New("no authority that can be used")

// readAuthority reads what authorityIn wrote.
func readAuthority(file string, now func() time.Time) (*authority, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, errNoAuthority // others can read the key
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA || !pair.Leaf.PermittedDNSDomainsCritical {
		return nil, errNoAuthority
	}
	return &authority{cert: pair.Leaf, key: key, now: now}, nil
}

// authority returns the one for --proxy, and writes its certificate where --ca-out wants it.
func (f *serveFlags) authority() (*authority, error) {
	a := f.ownAuthority
	if a == nil {
		var err error
		a, err = authorityIn(filepath.Join(stateFolder, "ca"), emulator.Wall{}.Now)
		if err != nil {
			return nil, &exit{exitEnvironment, fmt.Errorf("--proxy: %w", err)}
		}
	}
	if f.caOut == "" {
		return a, nil
	}
	a.shown = f.caOut
	if old, err := os.ReadFile(f.caOut); err == nil && bytes.Equal(old, a.pem()) {
		return a, nil
	}
	if err := replaceFile(f.caOut, a.pem(), 0o644); err != nil {
		return nil, &exit{exitEnvironment, fmt.Errorf("--ca-out: %w", err)}
	}
	return a, nil
}
