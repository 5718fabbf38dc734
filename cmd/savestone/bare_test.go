package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/mux"
)

// asBare has this test program be what savestone serve is measured beside: a handler that does
// nothing but the write and the read. It names the database.
const asBare = "SAVESTONE_TEST_AS_BARE"

// serveBare answers until it is killed.
func serveBare(path string) error {
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=NORMAL")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE entries (
		id INTEGER PRIMARY KEY, store TEXT, scope TEXT, key TEXT, value BLOB,
		UNIQUE (store, scope, key)) STRICT`); err != nil {
		return err
	}
	write, err := db.Prepare(`INSERT INTO entries (store, scope, key, value) VALUES (?, ?, ?, ?)
		ON CONFLICT (store, scope, key) DO UPDATE SET value = excluded.value`)
	if err != nil {
		return err
	}
	read, err := db.Prepare(`SELECT value FROM entries WHERE store = ? AND scope = ? AND key = ?`)
	if err != nil {
		return err
	}
	router := mux.NewRouter()
	const entry = "/cloud/v2/universes/{universe}/data-stores/{store}/entries/{entry}"
	router.HandleFunc(entry, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			_, err = write.Exec(mux.Vars(r)["store"], "global", mux.Vars(r)["entry"], body)
		}
		answerBare(w, body, err)
	}).Methods("PATCH")
	router.HandleFunc(entry, func(w http.ResponseWriter, r *http.Request) {
		var body []byte
		err := read.QueryRow(mux.Vars(r)["store"], "global", mux.Vars(r)["entry"]).Scan(&body)
		answerBare(w, body, err)
	}).Methods("GET")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	line, err := json.Marshal(readyLine{"ready", "http://" + listener.Addr().String(), os.Getpid()})
	if err != nil {
		return err
	}
	if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
		return err
	}
	return http.Serve(listener, router)
}

func answerBare(w http.ResponseWriter, body []byte, err error) {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		w.WriteHeader(http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Write(body)
	}
}
