/* SPDX-License-Identifier: Apache-2.0 */
/* `tls` of a destination: where its files are found, and fingerprints. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/testing.h"

#include "base/mem.h"

#include "config/config.h"

#define DIGITS                                                                 \
	"6b86b273ff34fce19d6b804eff5a3f57"                                     \
	"47ada4eaa22f1d49c01e52ddb7875b4b"

struct fixture {
	char folder[64], path[128];
	struct arena *arena;
	struct diag *diag;
	struct config config;
};

static void
in_folder(const struct fixture *f, const char *name, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/%s", f->folder, name);
}

static void
write_file(const struct fixture *f, const char *name, const char *text,
    mode_t mode)
{
	char path[128];
	FILE *file;

	in_folder(f, name, path, sizeof(path));
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fchmod(fileno(file), mode), 0);
	assert_int_equal(fclose(file), 0);
}

static int
setup(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f));
	char path[128];

	(void)snprintf(f->folder, sizeof(f->folder), "%s",
	    "/tmp/integrityd-config-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	in_folder(f, "given", path, sizeof(path));
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(f, "ca.pem", "", 0644);
	write_file(f, "our.pem", "", 0644);
	write_file(f, "our.key", "", 0640);
	write_file(f, "given/our.key", "", 0400);
	in_folder(f, "i.yaml", f->path, sizeof(f->path));
	f->arena = arena_new(16 * 1024);
	f->diag = diag_new();
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	(void)unsetenv("CREDENTIALS_DIRECTORY");
	(void)snprintf(command, sizeof(command), "rm -r '%s'", f->folder);
	assert_int_equal(system(command), 0);
	diag_free(f->diag);
	arena_free(f->arena);
	mem_free(f);
	return 0;
}

/* With `tls` as given; what was found, as people read it, is the caller's. */
static bool
read_tls(struct fixture *f, const char *tls, struct buffer *findings)
{
	struct buffer text = BUFFER_INIT;
	bool ok;

	buffer_printf(&text,
	    "kafka: {bootstrap: 'k1:9092'}\n"
	    "inputs: [{topic: a}]\nrules: r\n"
	    "destinations:\n"
	    "  - name: acu\n    transport: tls\n    address: siem:6514\n"
	    "    tls: %s\n",
	    tls);
	write_file(f, "i.yaml", buffer_string(&text), 0644);
	buffer_done(&text);
	ok = config_read(f->path, f->arena, f->diag, &f->config);
	diag_render_human(f->diag, false, findings);
	return ok;
}

static const struct config_tls *
must_read(struct fixture *f, const char *tls)
{
	const struct config_destination *destination;
	struct buffer findings = BUFFER_INIT;

	if (!read_tls(f, tls, &findings))
		testing_fail(tls, "%s", buffer_string(&findings));
	buffer_done(&findings);
	destination = f->config.destinations.items;
	assert_int_equal(destination->transport, CONFIG_TLS);
	return &destination->tls;
}

static void
want_path(const struct fixture *f, const char *got, const char *name)
{
	char want[128];

	in_folder(f, name, want, sizeof(want));
	assert_string_equal(got, want);
}

static const char files[] =
    "{ca_file: ca.pem, certificate_file: our.pem, key_file: our.key}";

static void
test_beside(void **state)
{
	struct fixture *f = *state;
	const struct config_tls *tls = must_read(f, files);

	want_path(f, tls->ca_file, "ca.pem");
	want_path(f, tls->certificate_file, "our.pem");
	want_path(f, tls->key_file, "our.key");
	assert_null(tls->server_name);
	assert_int_equal(tls->fingerprints.count, 0);
}

/* systemd.exec(5): LoadCredential= puts them into this folder. */
static void
test_credentials(void **state)
{
	struct fixture *f = *state;
	const struct config_tls *tls;
	char path[128];

	in_folder(f, "given", path, sizeof(path));
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", path, 1), 0);
	tls = must_read(f, files);
	want_path(f, tls->ca_file, "ca.pem");
	want_path(f, tls->key_file, "given/our.key");
}

static void
test_open_key(void **state)
{
	static const mode_t modes[] = { 0644, 0602, 0601 };
	struct fixture *f = *state;
	struct buffer findings = BUFFER_INIT;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		write_file(f, "our.key", "", modes[i]);
		assert_false(read_tls(f, files, &findings));
		assert_non_null(strstr(buffer_string(&findings),
		    "error[IR0220]: `key_file`: others may read"));
		buffer_reset(&findings);
	}
	buffer_done(&findings);
}

static void
test_fingerprints(void **state)
{
	/* SHA-256 of "1", as sha256sum(1) prints it. */
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ DIGITS, true },
		{ "sha-256:" DIGITS, true },
		{ "SHA256:" DIGITS, true },
		{ "6b:86:b2:73:ff:34:fc:e1:9d:6b:80:4e:ff:5a:3f:57:"
		  "47:ad:a4:ea:a2:2f:1d:49:c0:1e:52:dd:b7:87:5b:4b",
		    true },
		{ "sha256 Fingerprint=6b:86:b2:73:ff:34:fc:e1:9d:6b:80:4e:ff:"
		  "5a:3f:57:47:ad:a4:ea:a2:2f:1d:49:c0:1e:52:dd:b7:87:5b:4b",
		    true },
		{ DIGITS "00", false },
		{ "sha-1:" DIGITS, false },
		{ "6b86", false },
		{ "x" DIGITS, false },
		{ ":" DIGITS, false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct config_destination *destination;
		struct buffer findings = BUFFER_INIT;
		char tls[256];
		bool ok;

		(void)snprintf(tls, sizeof(tls), "{fingerprint: [\"%s\"]}",
		    cases[i].text);
		ok = read_tls(f, tls, &findings);
		if (ok != cases[i].ok)
			testing_fail(cases[i].text, "%s",
			    buffer_string(&findings));
		destination = f->config.destinations.items;
		if (ok)
			assert_string_equal(
			    destination->tls.fingerprints.items[0], DIGITS);
		buffer_done(&findings);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_beside),
		TEST(test_credentials),
		TEST(test_open_key),
		TEST(test_fingerprints),
	};

	return cmocka_run_group_tests_name("config.tls", tests, NULL, NULL);
}
