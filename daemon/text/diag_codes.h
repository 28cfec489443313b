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
    "The transport is known but not part of this build. For a path that "
    "confirms each message send to a local syslog daemon, which forwards by "
    "RELP.")
DIAG_CODE("IR0205", "format not available",
    "The format is known but not part of this build.")
DIAG_CODE("IR0206", "bad address",
    "An address of udp, tcp and tls is host:port, an IPv6 host in brackets "
    "([::1]:514); that of a unix socket is the absolute path of the socket. "
    "Metrics are shown on the loopback or a unix socket only: nobody is asked "
    "who he is.")
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
DIAG_CODE("IR0210", "unknown time format",
    "A time format is iso, epoch_s, epoch_ms, epoch_us, or made of % and "
    "letters as in strptime(3): %Y-%m-%d %H:%M:%S.%f.")
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
DIAG_CODE("IR0214", "not available",
    "The key is known, but this build cannot do what it asks. It is refused "
    "rather than passed over in silence.")
DIAG_CODE("IR0215", "the input's mapping cannot be used",
    "A mapping is named by its path, or by its name without .yaml, which is "
    "looked for in the folders under `mappings`. The time zone and format "
    "given for the input must be known.")
DIAG_CODE("IW0216", "nothing is kept",
    "The embedded broker lives in this process and ends with it: no alert, "
    "position or state outlives it. It is for trying out.")
DIAG_CODE("IW0217", "no destination",
    "Alerts are written to the topic integrity.alerts only; nobody is told.")
DIAG_CODE("IR0218", "message too large for a datagram",
    "The transports udp and unix send each message as one datagram, and what "
    "none can hold would not arrive at all. Lower max_message_size (a long "
    "alert is then told in several messages), or use tcp, tls or unix-stream.")
DIAG_CODE("IR0219", "keys of TLS that do not fit",
    "The map `tls` is for destinations of the transport tls. In it a "
    "certificate of ours and its private key go together, and a fingerprint "
    "is the SHA-256 of the receiver's certificate, as `openssl x509 -noout "
    "-fingerprint -sha256` prints it.")
DIAG_CODE("IR0220", "a secret that others may read",
    "Who has the private key, password or token can pass for integrityd. Its "
    "file must not be open to others than its owner and group: chmod o= FILE. "
    "Best is to hand "
    "it over by systemd (LoadCredential=).")
DIAG_CODE("IW0221", "alerts in the clear",
    "A destination of the audience investigators is told names, reasons and "
    "evidence. By tcp or udp whoever can listen on the way reads them too, "
    "and can change them. Use tls, or send to a syslog daemon on this host.")

/* 03xx: rule documents */

DIAG_CODE("IR0301", "no title",
    "Every Sigma rule has a title: it is what alerts, lists and reports "
    "show.")
DIAG_CODE("IR0302", "no rule",
    "A document is a rule if it has the key `detection` or `correlation`. "
    "Test files end in .test.yml and are read apart.")
DIAG_CODE("IR0303", "filter documents are not available yet",
    "A Sigma filter would change which events other rules match. As that is "
    "not done yet, the file is refused instead of loaded without effect. "
    "Put the exception into the rules' conditions.")
DIAG_CODE("IR0304", "unknown level",
    "The level of a Sigma rule is informational, low, medium, high or "
    "critical; it decides severity and destination of the alert.")
DIAG_CODE("IR0305", "unknown status",
    "The status of a Sigma rule is stable, test, experimental, deprecated "
    "or unsupported.")
DIAG_CODE("IR0306", "id of another rule",
    "An id names one rule for ever: alerts, references and silences go by "
    "it. Give each document its own; in a collection with `action: global` "
    "the id must not stand in the shared document.")
DIAG_CODE("IR0307", "name of another rule",
    "Rules refer to each other by name, so a name belongs to one rule only.")
DIAG_CODE("IR0308", "bad action",
    "Collections of old know `action: global`, `reset` and `repeat`; the "
    "last needs a document before it.")
DIAG_CODE("IW0309", "the id is no UUID",
    "The Sigma specification asks for a random UUID (version 4), so that "
    "rules of different authors never collide. `uuidgen` makes one.")
DIAG_CODE("IW0310", "no logsource",
    "A rule without logsource is tried on the events of every input. State "
    "category, product or service to confine it.")
DIAG_CODE("IW0311", "no level",
    "Without a level the alert has the severity of medium.")
DIAG_CODE("IW0312", "unsupported rule skipped",
    "A rule whose status is unsupported is not loaded; correlations cannot "
    "refer to it.")
DIAG_CODE("IW0313", "deprecated rule",
    "The rule still works. Its author names a better one under `related`, "
    "as a rule.")
DIAG_CODE("IW0314", "key that looks mistyped",
    "Other top-level keys are kept as custom attributes and have no effect. "
    "This one looks like a key that would have one.")
DIAG_CODE("IR0315", "no rules found",
    "None of the paths given is a rule file (*.yml, *.yaml) or a folder "
    "with one.")
DIAG_CODE("IR0316", "detection and correlation in one document",
    "A correlation refers to rules by id or name and stands in a document "
    "of its own, parted by ---.")

/* 04xx: detections, modifiers, values */

DIAG_CODE("IR0401", "unknown modifier",
    "What stands behind `|` in the name of a field changes how it is "
    "compared. An unknown word there cannot be passed over: the rule would "
    "mean something else.")
DIAG_CODE("IR0402", "modifier not available yet",
    "Sigma knows the modifier, integrityd does not do it yet. The rule is "
    "refused instead of matching the wrong events.")
DIAG_CODE("IR0403", "modifier in the wrong place",
    "`re` and `cidr` read the value as written, so they must be the first "
    "modifier; i, m, s, ignorecase, multiline and dotall belong to `re` and "
    "follow it.")
DIAG_CODE("IR0404", "modifiers that cannot be combined",
    "Each modifier is known, together they have no meaning, such as a "
    "comparison of numbers within a network.")
DIAG_CODE("IR0405", "value of the wrong kind for the modifier",
    "gt, gte, lt and lte take a number without quotes, exists takes true or "
    "false, fieldref the name of a field.")
DIAG_CODE("IR0406", "bad regular expression",
    "Expressions are those of PCRE2, without look-around, backreferences "
    "and recursion unless the rule says `integrityd: {regex: full}`.")
DIAG_CODE("IR0407", "bad network",
    "A network is an IPv4 or IPv6 address with the number of leading bits "
    "that count, such as 10.0.0.0/8 or 2001:db8::/32; all other bits must "
    "be 0.")
DIAG_CODE("IR0408", "empty search identifier",
    "A map or list without members would be always true or never. Remove it "
    "or give it tests.")
DIAG_CODE("IR0409", "value that is a map or list",
    "An item's value is a string, number, boolean or null, or a list of "
    "these. Nested objects of a record are reached by dotted names (a.b: "
    "x).")
DIAG_CODE("IR0410", "wildcard in a field's name",
    "`fieldref` names one field; `*` and `?` mean nothing there. Use "
    "contains, startswith or endswith to compare a part.")
DIAG_CODE("IR0411", "modifier without a field",
    "`exists` and `fieldref` speak of a certain field, keywords of every "
    "value in the record.")
DIAG_CODE("IR0412", "nested too deeply",
    "Lists within lists of a search identifier may go 64 deep.")
DIAG_CODE("IW0413", "`all` on one value",
    "`all` asks for every value of a list; with one value it changes "
    "nothing and often means that a list was intended.")
DIAG_CODE("IW0414", "null among other values",
    "The list is true also where the field is missing or null. Other Sigma "
    "tools may refuse it; two identifiers joined by `or` say the same "
    "everywhere.")
DIAG_CODE("IW0415", "flags within a regular expression",
    "(?i) and the like work here; the modifiers i, m and s say the same and "
    "are known to more tools.")
DIAG_CODE("IW0416", "nested unbounded repetition",
    "Expressions such as (a+)+ can take time that doubles with each "
    "character. They run into a limit; then the event counts as undecided, "
    "is counted and reported. Rewrite the expression.")
DIAG_CODE("IW0417", "placeholder without `expand`",
    "%name% is replaced by the values of a list only under the modifier "
    "`expand`. Without it the text is looked for as it stands, percent "
    "signs included.")
DIAG_CODE("IR0418", "null where a text is needed",
    "null and the empty list mean that a field is missing or null. They "
    "have no text that could begin, contain or match something, and cannot "
    "be a keyword.")
DIAG_CODE("IR0419", "too many fields",
    "All rules together may refer to some four thousand fields, each of "
    "which is kept for every event.")
DIAG_CODE("IW0421", "negated test of a joined field",
    "Fields such as actor.unit come from tables, and are missing where the "
    "table does not know the person. The negated test is true then: nobody "
    "should be accused because a table is incomplete. Test the field for "
    "null beside it, or say in the rule what unknown means.")

/* 05xx: conditions */

DIAG_CODE("IR0501", "no condition",
    "The condition says how the search identifiers are joined. Without one "
    "nothing is detected.")
DIAG_CODE("IR0502", "the condition cannot be read",
    "A condition joins identifiers by and, or, not and parentheses; `1 of`, "
    "`any of`, `all of` and `N of` choose from a pattern or `them`. not "
    "binds closest, then and, then or.")
DIAG_CODE("IR0503", "unknown identifier in a condition",
    "The condition names a search identifier that the detection does not "
    "have. Identifiers are case-sensitive.")
DIAG_CODE("IR0504", "pattern that matches no identifier",
    "After `of` stands `them` or a pattern with `*`. It chooses identifiers "
    "that begin with an underscore only if it does so itself; `them` never "
    "does.")
DIAG_CODE("IR0505", "aggregation in a condition",
    "`| count() ...`, `near` and `timeframe` were taken out of Sigma. A "
    "correlation document (type event_count, value_count) does the same, "
    "and says over which fields and time.")
DIAG_CODE("IR0506", "number that cannot be reached",
    "The condition asks for more identifiers than the pattern chooses, or "
    "for none at all.")
DIAG_CODE("IW0507", "`N of` with N above 1",
    "It works here. Most other Sigma tools know only `1 of`, `any of` and "
    "`all of`.")
DIAG_CODE("IW0508", "identifier that is used nowhere",
    "No condition and no counter refers to the search identifier, so it has "
    "no effect.")
DIAG_CODE("IR0509", "condition nested too deeply",
    "Parentheses and `not` may go 64 deep.")

/* 06xx: correlations */

DIAG_CODE("IR0601", "unknown correlation type",
    "Correlation types are event_count, value_count, temporal, "
    "temporal_ordered, value_sum, value_avg, value_percentile and "
    "value_median.")
DIAG_CODE("IR0602", "correlation type not available yet",
    "Sigma knows the type, integrityd does not do it yet. The rule is "
    "refused instead of staying silent.")
DIAG_CODE("IR0603", "unknown rule in a correlation",
    "`rules` names base rules by id or by name; titles do not count. The "
    "rule may stand in another file, if that is loaded too.")
DIAG_CODE("IR0604", "correlation of correlations",
    "A correlation refers to detections. A chain of correlations is not "
    "available yet, and a circle never will be.")
DIAG_CODE("IR0605", "bad condition of a correlation",
    "The condition of a count is a map of one or two of gt, gte, lt, lte, "
    "eq, neq with numbers, such as {gte: 10} or {gte: 5, lt: 10}.")
DIAG_CODE("IR0606", "counted field",
    "value_count counts the different values of the field (or list of "
    "fields) named in its condition under `field`; event_count counts "
    "events and has none.")
DIAG_CODE("IR0607", "condition that can never hold",
    "No number of events or values is like that: the lower bound of the "
    "range is above its upper bound, or the count would have to be negative "
    "or no whole number.")
DIAG_CODE("IR0608", "condition in words",
    "`a and not b` over rules is for temporal correlations. A count is "
    "compared with a number.")
DIAG_CODE("IR0609", "alias for a rule that does not take part",
    "An alias says what a group-by field is called in each of the rules of "
    "the correlation.")
DIAG_CODE("IR0613", "name that stands twice",
    "A field groups or counts once; the second mention changes nothing and "
    "was probably to be another field.")
DIAG_CODE("IW0614", "alias that nothing uses",
    "An alias stands for a field of group-by, or for the counted field, "
    "where the rules call it differently. No such field has this name.")

/* 07xx: the integrityd: key */

DIAG_CODE("IR0701", "key not available yet",
    "The key is reserved under `integrityd:`, and what it is for is not "
    "done yet. The rule is refused instead of ignoring it.")
DIAG_CODE("IR0702", "bad sentence",
    "In a sentence {name} stands for a value; a literal brace is written "
    "twice: {{ or }}.")
DIAG_CODE("IR0703", "unknown name in a sentence",
    "Names are the group-by fields, the fields that the rule or a rule that "
    "feeds it tests, the canonical fields, and count, peak, limit, "
    "timespan, first, last. Another one would be filled with `unknown` in "
    "every alert.")
DIAG_CODE("IR0704", "unknown identifier in a counter",
    "`when` is a search identifier of the rule; of a correlation it is "
    "RULE.IDENTIFIER of a rule that feeds it. It cannot be one with "
    "keywords, for only single fields are kept with the evidence.")
DIAG_CODE("IR0705", "group and suppress",
    "A single-event rule takes both or neither: within `suppress` further "
    "hits of the same `group` join the open alert. Without a group one "
    "person's alert would hide those of all others. A correlation has "
    "group-by and timespan instead.")
DIAG_CODE("IW0706", "suppress changes nothing",
    "A correlation's alert stays open as long as hits come within its "
    "timespan; a suppress no longer than that adds nothing.")
DIAG_CODE("IW0707", "no triage",
    "An alert should say what to ask first. Add the questions under "
    "`triage`.")

/* 08xx: lists and tests */

DIAG_CODE("IR0801", "no such list",
    "`%name%` is replaced by the lines of name.txt, looked for in the "
    "folders of lists of the configuration (or --lists) and in the folder "
    "lists/ beside the rule. An empty file is fine and matches nothing.")
DIAG_CODE("IR0802", "placeholder within a value",
    "`%name%` is replaced by the values of a list as a whole; text before "
    "or after it is not available. With contains, startswith or endswith "
    "the list's values are looked for within the field.")
DIAG_CODE("IR0811", "bad time of a test's event",
    "`at` is the time after the start of the test: +0s, +5m, +1h30m, "
    "+2592001s.")
DIAG_CODE("IR0812", "no fields in a test's event",
    "`event` is a map of canonical fields to values, as the record would hold "
    "them after its mapping; {n} in a text counts the repetitions from 1.")
DIAG_CODE("IR0813", "bad start of a test",
    "`start` is a time of RFC 3339 with an offset: 2026-03-02T21:00:00Z.")
DIAG_CODE("IR0814", "bad expectation of a test",
    "`expect` lists every alert that the rule file may give as "
    "{rule: NAME, group: {FIELD: VALUE}, count: NUMBER}; group and count may "
    "be left out. [] means that nothing may fire.")
DIAG_CODE("IR0815", "bad lists of a test",
    "`lists` is a map of list names to lists of values, which take the place "
    "of the lists of the same name while the test runs.")

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
DIAG_CODE("IR0908", "unknown encoding",
    "Records are read in utf-8, iso-8859-1 (latin1), iso-8859-15 (latin9), "
    "windows-1252 (cp1252), utf-16 with a byte order mark, utf-16le and "
    "utf-16be.")
DIAG_CODE("IR0909", "bad dialect of CSV",
    "The delimiter is a comma, semicolon, bar or tab; the header names every "
    "column once. A decimal comma in numbers is left as it is.")
DIAG_CODE("IR0910", "no key to hash with",
    "A field says `hash: true`. Name a file with a secret key of at least 16 "
    "bytes in hash_key_file, in the mapping file or in the configuration; "
    "openssl rand -hex 32 makes one. The same key must be used wherever the "
    "hashes are to be compared.")
DIAG_CODE("IR0911", "key file that cannot be used",
    "The key that names are hashed with is read from a file that others than "
    "its owner and group must not read (chmod o= FILE), and has 16 to 4096 "
    "bytes. A relative name is looked for in $CREDENTIALS_DIRECTORY "
    "(LoadCredential= of systemd), then beside the file that names it.")
DIAG_CODE("IR0912", "a hashed value in the clear",
    "What one field hashes, another one would show: then the hash hides "
    "nothing. Hash both, or keep no more than a prefix of 3 characters.")
DIAG_CODE("IR0913", "option does not go with hash",
    "A hash is text, so there is no type to read it as.")
DIAG_CODE("IW0914", "key without a hash",
    "A key is named and no field says `hash: true`: the names are in the "
    "clear.")

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
DIAG_CODE("IR1008", "the record begins with a schema registry's header",
    "Serializers of a schema registry put a zero byte and the four bytes of "
    "the schema's number before the record. If JSON follows, say "
    "`wire: registry` in the input, and the five bytes are skipped. Avro and "
    "Protobuf cannot be read: let the producer write JSON, or convert the "
    "topic (Kafka Connect, ksqlDB).")
