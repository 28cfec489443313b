/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/keyed_hash.h"

#include "unit/decode/decoding.h"

static char folder[] = "/tmp/integrity-hash-XXXXXX";

static const char *
path_of(const char *name)
{
	static char path[100];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *name, struct span bytes, mode_t mode)
{
	int fd = open(path_of(name), O_WRONLY | O_TRUNC | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "key", "m.yml", "c.key" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(path_of(names[i]));
	return rmdir(folder);
}

#define AA20                                                                   \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"                             \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
#define TEN(c) c c c c c c c c c c

/* RFC 4231, 4.2, 4.4, 4.5, 4.7, the first 128 bits. */
static const struct {
	const char *name;
	struct span key;
	struct span data;
	const char *want;
} vectors[] = {
	{ "test case 1", SPAN(TEN("\x0b") TEN("\x0b")), SPAN("Hi There"),
	    "h:b0344c61d8db38535ca8afceaf0bf12b" },
	{ "test case 3", SPAN(AA20),
	    SPAN(TEN("\xdd") TEN("\xdd") TEN("\xdd") TEN("\xdd") TEN("\xdd")),
	    "h:773ea91e36800e46854db8ebd09181a7" },
	{ "test case 4",
	    SPAN("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
		 "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"),
	    SPAN(TEN("\xcd") TEN("\xcd") TEN("\xcd") TEN("\xcd") TEN("\xcd")),
	    "h:82558a389a443c0ea4cc819899f2083a" },
	{ "test case 6, a key longer than a block",
	    SPAN(AA20 AA20 AA20 AA20 AA20 AA20 TEN("\xaa") "\xaa"),
	    SPAN("Test Using Larger Than Block-Size Key - Hash Key First"),
	    "h:60e431591ee0b67f0d8a26aacbf5b77f" },
	/* printf %s "o'brien" | openssl dgst -sha256 -hmac 0123456789abcdef */
	{ "openssl dgst", SPAN("0123456789abcdef"), SPAN("o'brien"),
	    "h:e87713d4501558dca0fefd7719ae2d39" },
	{ "without the line break of an editor", SPAN("0123456789abcdef\n"),
	    SPAN("o'brien"), "h:e87713d4501558dca0fefd7719ae2d39" },
	{ "nor of another editor", SPAN("0123456789abcdef\r\n"),
	    SPAN("o'brien"), "h:e87713d4501558dca0fefd7719ae2d39" },
};

static void
test_vectors(void **state)
{
	struct arena *arena = arena_new(4096);
	struct error err = ERROR_NONE;
	struct keyed_hash *hash;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		write_file("key", vectors[i].key, 0600);
		if (!keyed_hash_open(path_of("key"), &hash, &err))
			testing_fail(vectors[i].name, "%s", err.text);
		/* Twice: the key stays, the text before does not. */
		for (int j = 0; j < 2; j++)
			assert_span_equal_in(vectors[i].name,
			    keyed_hash_text(hash, arena, vectors[i].data),
			    span_of(vectors[i].want));
		keyed_hash_free(hash);
	}
	arena_free(arena);
}

static const struct {
	const char *name;
	size_t len;
	mode_t mode;
	const char *want; /* within the error; NULL: none */
} keys[] = {
	{ "16 bytes", 16, 0400, NULL },
	{ "15 bytes", 15, 0600, "has 15 bytes: at least 16 are needed" },
	{ "empty", 0, 0600, "has 0 bytes" },
	{ "4096 bytes", 4096, 0600, NULL },
	{ "4097 bytes", 4097, 0600, "is longer than 4096 bytes" },
	{ "a group may read it", 16, 0640, NULL },
	{ "all may read it", 16, 0644, "may be read by everybody: chmod o=" },
	{ "all may write it", 16, 0602, "may be read by everybody: chmod o=" },
};

static void
check_refused(const char *name, const char *path, const char *want)
{
	struct error err = ERROR_NONE;
	struct keyed_hash *hash = NULL;
	bool ok = keyed_hash_open(path, &hash, &err);

	if (ok != (want == NULL) || (!ok && strstr(err.text, want) == NULL))
		testing_fail(name, "got `%s`, want `%s`", err.text,
		    want != NULL ? want : "");
	keyed_hash_free(hash);
}

static void
test_files(void **state)
{
	char *text = mem_alloc(5000);

	(void)state;
	memset(text, 'k', 5000);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		write_file("key", span_make(text, keys[i].len), keys[i].mode);
		check_refused(keys[i].name, path_of("key"), keys[i].want);
	}
	check_refused("a folder", folder, "is no file");
	check_refused("none", path_of("none"), "No such file");
	mem_free(text);
}

/* ---- In a mapping ---- */

static struct mapping *
mapping_of(const char *fields, const char *more)
{
	struct buffer text = BUFFER_INIT, findings = BUFFER_INIT;
	struct diag *diag = diag_new();
	struct mapping *mapping = NULL;

	buffer_printf(&text, "name: x\n%sfields:\n  %s\n", more, fields);
	write_file("m.yml", buffer_span(&text), 0600);
	if (!mapping_read(path_of("m.yml"), diag, &mapping)) {
		diag_render_human(diag, false, &findings);
		testing_fail(fields, "%s", buffer_string(&findings));
	}
	diag_free(diag);
	buffer_done(&text);
	return mapping;
}

#define SMITH "string h:60e6a90a33ab0a76b24c74e6022222fa"
#define MUELLER "string h:218298eb45c2c7bdc69fd9060a6a4d80"
#define FORTY_TWO "string h:8d24a2a526d5f556469db8b6280e3a7b"
#define TRUE "string h:d3af9eb57408b54bafc0bcbfe2fd11d3"

/* Hashes by openssl dgst -hmac 0123456789abcdef of smith, mueller (with an
 * umlaut), 42 and true. */
static const struct {
	const char *name;
	const char *fields;
	const char *wanted;
	const char *json;
	const char *want;
} cases[] = {
	{ "a name", "a: {from: x, hash: true}", "a", "{\"x\":\"smith\"}",
	    SMITH },
	{ "trimmed and folded first",
	    "a: {from: x, trim: true, lower: true, hash: true}", "a",
	    "{\"x\":\" M\xc3\x9cLLER\\n\"}", MUELLER },
	{ "but not by itself", "a: {from: x, hash: true}", "a",
	    "{\"x\":\"smith \"}", "string h:e9b55787bb233cd272c21ee1c6b95bd2" },
	{ "members", "a: {from: x, hash: true}", "a",
	    "{\"x\":[\"smith\",null,\"smith\",{}]}",
	    "list[" SMITH ", null, " SMITH ", object]" },
	{ "parts", "a: {from: x, split: \",\", trim: true, hash: true}", "a",
	    "{\"x\":\"smith, 42\"}", "list[" SMITH ", " FORTY_TWO "]" },
	{ "a prefix first", "a: {from: x, prefix: 5, hash: true}", "a",
	    "{\"x\":\"smithson\"}", SMITH },
	{ "a number as its text", "a: {from: x, hash: true}", "a", "{\"x\":42}",
	    FORTY_TWO },
	{ "and a whole one with a fraction", "a: {from: x, hash: true}", "a",
	    "{\"x\":42.0}", FORTY_TWO },
	{ "a boolean", "a: {from: x, hash: true}", "a", "{\"x\":true}", TRUE },
	{ "nothing stays nothing",
	    "{a: {from: x, hash: true}, b: {from: y, hash: true}, "
	    "c: {from: z, hash: true}, d: {from: v, hash: true}}",
	    "a,b,c,d", "{\"x\":null,\"y\":\"\",\"z\":\" \"}",
	    "null; string ; string ; missing" },

	{ "no keyword", "a: {from: x, hash: true}", "*",
	    "{\"x\":\"smith\",\"y\":\"z\"}", "string z" },
	{ "nor where a rule wants the hash", "a: {from: x, hash: true}", "a,*",
	    "{\"x\":\"smith\",\"y\":\"z\"}", SMITH "; string z" },
	{ "nor in any other way to write the path",
	    "a: {from: [x.y.z, v], hash: true}", "*",
	    "{\"x\":{\"y\":{\"z\":\"1\"}},\"x.y\":{\"z\":\"2\"},"
	    "\"x.y.z\":[\"3\",{\"q\":\"4\"}],\"v\":[[\"5\"]],\"w\":\"6\"}",
	    "string 6" },
	{ "nor below it", "a: {from: x, hash: true}", "*",
	    "{\"x\":{\"first\":\"j\",\"last\":[\"s\"]},\"last\":\"t\"}",
	    "string t" },
	{ "beside it is free", "a: {from: x.y, hash: true}", "*",
	    "{\"x\":{\"y\":\"1\",\"z\":\"2\"},\"y\":\"3\"}",
	    "string 2; string 3" },
	{ "a short prefix in the clear",
	    "{a: {from: x, hash: true}, b: {from: x, prefix: 3}}", "a,b",
	    "{\"x\":\"smith\"}", SMITH "; string smi" },
};

static void
test_fields(void **state)
{
	struct error err = ERROR_NONE;
	struct decoding decoding;
	struct mapping *mapping;

	(void)state;
	write_file("key", SPAN("0123456789abcdef"), 0600);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mapping = mapping_of(cases[i].fields, "");
		assert_true(mapping_lacks_hash_key(mapping));
		assert_true(mapping_set_hash_key(mapping, path_of("key"),
		    &err));
		assert_false(mapping_lacks_hash_key(mapping));
		decoding_start(&decoding, mapping, cases[i].wanted);
		assert_span_equal_in(cases[i].name,
		    decoding_of(&decoding, span_of(cases[i].json)),
		    span_of(cases[i].want));
		decoding_stop(&decoding);
	}
}

/* Beside the mapping, by a path, or among the credentials of the service. */
static void
test_where(void **state)
{
	static const char field[] = "a: {from: x, hash: true}";
	struct buffer line = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct decoding decoding;
	struct mapping *mapping;

	(void)state;
	write_file("key", SPAN("0123456789abcdef"), 0600);
	mapping_free(mapping_of(field, "hash_key_file: key\n"));
	buffer_printf(&line, "hash_key_file: %s\n", path_of("key"));
	mapping_free(mapping_of(field, buffer_string(&line)));
	buffer_done(&line);
	write_file("c.key", SPAN("0123456789abcdef"), 0600);
	write_file("key", SPAN("another key that is not meant"), 0600);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
	mapping = mapping_of(field, "hash_key_file: c.key\n");
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	/* The mapping's own key is the stronger. */
	assert_true(mapping_set_hash_key(mapping, path_of("key"), &err));
	decoding_start(&decoding, mapping, "a");
	assert_span_equal(decoding_of(&decoding, SPAN("{\"x\":\"smith\"}")),
	    SPAN(SMITH));
	decoding_stop(&decoding);
}

static void
test_time_of_input(void **state)
{
	struct mapping *mapping = mapping_of("a: {from: x.y, hash: true}", "");
	struct error err = ERROR_NONE;

	(void)state;
	assert_true(mapping_set_time(mapping, "x", NULL, NULL, &err));
	assert_false(mapping_set_time(mapping, "x.y", NULL, NULL, &err));
	assert_string_equal(err.text,
	    "the time field `x.y` is one that the mapping hashes");
	mapping_free(mapping);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_time_of_input),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
