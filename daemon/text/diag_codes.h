/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every code of a finding, with what `integrityctl explain-code` prints.
 *
 *	DIAG_CODE(code, title, explanation)
 *
 * To add one: take the next free number of its group, at the group's end; IR
 * is an error, IW a warning, and both share the numbers.  The title names
 * the mistake in general ("unknown key"); the explanation says why it is one
 * and what to do, in full sentences.  A code is never given another meaning,
 * and a number is never used again.  No include guard: this is read by
 * diag_code.c between a #define and an #undef of DIAG_CODE.
 *
 *	01xx YAML and files	04xx detections, modifiers, values
 *	02xx configuration	05xx conditions
 *	03xx rule documents	06xx correlations
 *	07xx the integrityd: key	08xx lists and tests
 *	09xx mapping files	10xx records
 */

/* 01xx: YAML and files */

DIAG_CODE("IR0101", "duplicate key",
    "A key stands twice in one map. Programs differ in which of the two "
    "they take, so neither is. Remove one, or join their values.")
DIAG_CODE("IR0102", "unknown key",
    "The key means nothing here, so what it was to do would silently not "
    "happen. Check its spelling and its indentation.")
DIAG_CODE("IR0103", "not valid YAML",
    "The text does not follow YAML 1.2. Look at indentation, at quotes and "
    "brackets that are not closed, and at tabs; a value with a colon and a "
    "space, or one that begins with one of @ ` % * & ! | > { [ # must be "
    "quoted.")
DIAG_CODE("IR0104", "the file cannot be read",
    "The file or folder is missing, or the user that the program runs as may "
    "not read it.")
DIAG_CODE("IR0105", "the file is too large",
    "Files that people write are read whole, so their size is limited. Split "
    "the file; long lists of values belong into a list file.")
DIAG_CODE("IR0106", "not valid UTF-8",
    "Files are read as UTF-8 only. Convert the file, for instance with "
    "iconv -f WINDOWS-1252 -t UTF-8.")
DIAG_CODE("IR0107", "nested too deeply",
    "Maps and lists may stand within each other 64 deep.")
DIAG_CODE("IR0108", "bad alias",
    "An alias (*name) must follow its anchor (&name) in the same document, "
    "and all aliases together may not multiply the document without bound.")
DIAG_CODE("IR0109", "tag not supported",
    "Of YAML tags only those of the core schema have a meaning here (!!str, "
    "!!int, !!float, !!bool, !!null, !!map, !!seq), on a value that is of "
    "that kind.")
DIAG_CODE("IR0110", "merge key",
    "The merge key << is not part of YAML 1.2. Write the keys out.")
DIAG_CODE("IR0111", "a key is no plain value",
    "A key must be a string, number, boolean or null, not empty, a list or a "
    "map. A value that begins with { or [ must be quoted.")
DIAG_CODE("IR0112", "missing key",
    "A key without which the map has no meaning is missing.")
DIAG_CODE("IR0113", "wrong kind of value",
    "The key takes another kind of value than stands there, for instance a "
    "list instead of a string.")
DIAG_CODE("IR0114", "out of bounds",
    "The value is smaller or greater than what the key takes.")
DIAG_CODE("IR0115", "not one of the allowed words",
    "The key takes one of a few words only.")
DIAG_CODE("IR0116", "bad duration",
    "A duration is a whole number with a unit, or several of them joined: "
    "30s, 15m, 1h30m, 7d. The units are us, ms, s, m (minutes), h, d, w, M "
    "(months) and y.")
DIAG_CODE("IR0117", "bad size",
    "A size is a whole number of bytes, or one with a unit: 512, 64KiB, "
    "1MiB, 2GiB; kB, MB and GB are powers of 1000.")
DIAG_CODE("IR0118", "wrong number of documents",
    "The file must hold one YAML document; more are separated by ---.")
DIAG_CODE("IW0119", "YAML 1.1 reads this otherwise",
    "Older programs read yes, on, 010 or 1:30 as a boolean or as another "
    "number; here YAML 1.2 holds. Quote the value to mean the same "
    "everywhere.")
DIAG_CODE("IR0120", "empty value",
    "The key stands there, but its value is empty. Give a value or remove "
    "the key.")

/* 02xx: configuration */

DIAG_CODE("IR0201", "two inputs of one topic",
    "A topic is read once. Two inputs of it would tell every event twice, or "
    "disagree about its mapping. Remove one, or merge them.")
DIAG_CODE("IR0202", "two destinations of one name",
    "A destination's name stands in its consumer group, which keeps its "
    "position and sequence. Two of one name would take alerts from each "
    "other.")
DIAG_CODE("IR0203", "bad name",
    "The name becomes part of consumer groups, client names or syslog "
    "headers, which allow a few characters only.")
DIAG_CODE("IR0204", "transport not available",
    "The transport is known but not part of this build. For an encrypted "
    "path send to a local syslog daemon, which forwards by TLS or RELP.")
DIAG_CODE("IR0205", "format not available",
    "The format is known but not part of this build.")
DIAG_CODE("IR0206", "bad address",
    "A tcp address is host:port, an IPv6 host in brackets ([::1]:514); that "
    "of a unix socket is the absolute path of the socket.")
DIAG_CODE("IR0207", "the librdkafka setting carries a guarantee",
    "No alert is lost or told twice only because these settings have the "
    "values that integrityd gives them. They cannot be configured; some have "
    "a key of their own.")
DIAG_CODE("IR0208", "secret in the configuration",
    "Secrets do not stand in configuration files, which are read by many and "
    "copied into tickets. Put the secret into a file that only the service "
    "can read (systemd: LoadCredential=) and name that file.")
DIAG_CODE("IR0209", "unknown time zone",
    "A time zone is a name of the IANA data base, such as Europe/London; "
    "the package tzdata must be installed.")
DIAG_CODE("IR0210", "unknown syslog facility",
    "A facility is a number from 0 to 23 or one of the names of RFC 5424, "
    "such as audit (13) or local0 (16).")
DIAG_CODE("IR0211", "input of an internal topic",
    "Topics whose names begin with integrity. are written by integrityd. "
    "Reading them as audit records would feed it its own output for ever.")
DIAG_CODE("IR0212", "variables are not expanded",
    "The configuration means what it says on every machine: ${NAME} is not "
    "replaced from the environment. Write the value, use a drop-in file, or "
    "for a secret the key that names a file.")
DIAG_CODE("IR0213", "bad topic name",
    "Kafka allows letters, digits, dot, underscore and hyphen in the name of "
    "a topic, at most 249 of them.")
DIAG_CODE("IR0214", "unknown encoding",
    "The encoding of an input is one of a few that are known to occur in "
    "audit exports.")

/* 03xx: rule documents */

/* 04xx: detections, modifiers, values */

/* 05xx: conditions */

/* 06xx: correlations */

/* 07xx: the integrityd: key */

/* 08xx: lists and tests */

/* 09xx: mapping files */

DIAG_CODE("IR0901", "the same field is mapped twice",
    "Blanks in field names mean nothing, so `Threat Name` and `ThreatName` "
    "are one field. Remove one, or give both sources in one list: "
    "from: [a, b] takes the first that has a value.")
DIAG_CODE("IR0902", "neither from nor const",
    "A mapped field needs where its value comes from (from: a path or a list "
    "of paths) or a constant (const:), and not both.")
DIAG_CODE("IR0903", "option does not go with const",
    "A constant is taken as it is written. Write the value that you want "
    "instead of one to be changed.")
DIAG_CODE("IR0904", "unknown time zone",
    "A time zone is a name of the IANA data base, such as Europe/London; "
    "the package tzdata must be installed.")
DIAG_CODE("IR0905", "unknown time format",
    "The format of times is iso (2026-03-02T21:14:07Z and its relatives), "
    "epoch_s, epoch_ms, epoch_us, or a text with %Y %m %d %H %M %S %f %z %b "
    "%e %y %s.")
DIAG_CODE("IR0906", "bad path",
    "A source's path is one or more names with a full stop between them, as "
    "in user.name; none of them may be empty.")
DIAG_CODE("IR0907", "the time is no mapped field",
    "The event's time is told by the key time: of the mapping file "
    "(time: {field: searchDate}), not by a mapping of @timestamp.")

/* 10xx: records */

DIAG_CODE("IR1001", "the record is not JSON",
    "The record cannot be read. It is kept in integrity.rejected with its "
    "position and hash, because a record that nobody can read may hide an "
    "access.")
DIAG_CODE("IR1002", "a key stands twice in the record",
    "Programs differ in which of two equal keys they take, so such a record "
    "can show one actor to one program and another to the next. It is kept in "
    "integrity.rejected. If a system is known to write such records, its "
    "input can be told to take the last.")
DIAG_CODE("IR1003", "the record is nested too deeply",
    "Objects and arrays may stand within each other up to a limit, 64 deep "
    "unless configured otherwise.")
DIAG_CODE("IR1004", "the record is too large",
    "Records are limited in size, 1 MiB unless configured otherwise. Its hash "
    "and its beginning are kept in integrity.rejected.")
DIAG_CODE("IR1005", "the time of the record cannot be read",
    "The field with the time is there, but its text does not follow the "
    "configured format. Guessing would put the event into the wrong window. "
    "Check the format and zone in the mapping file or of the input.")
DIAG_CODE("IR1006", "the record is no object",
    "A record is one JSON object. A list of records must be written one per "
    "line or one per message.")
DIAG_CODE("IR1007", "the record is beyond repair",
    "Bytes that are no UTF-8 and numbers out of range were replaced, and the "
    "record still cannot be read as JSON.")
