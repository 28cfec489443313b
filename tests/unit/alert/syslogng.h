/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsyslog-ng's own parser of RFC 5424, loaded at run time: it comes unpacked
 * by packaging/install-deps test, its headers are not needed, and its module
 * syslogformat (GPL) is in no program of ours.  Works with 3.38 and 4.8.
 */
#ifndef UNIT_ALERT_SYSLOGNG_H
#define UNIT_ALERT_SYSLOGNG_H

#include <dlfcn.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "support/testing.h"

#include "base/span.h"

#define SYSLOGNG_FOLDER TEST_DATA_DIR "/../../build/deps/syslog-ng/usr/lib/"

/* The types of glib are those of C: gboolean int, gsize size_t. */
typedef void syslogng_startup(void);
typedef void *syslogng_new(void);
typedef void syslogng_one(void *object);
typedef void syslogng_two(void *object, void *config);
typedef int syslogng_name(void *object, const char *name);
typedef void *syslogng_construct(void *options, const unsigned char *data,
    size_t length);
typedef const char *syslogng_value(const void *message, const char *name,
    ssize_t *ret_len);

struct syslogng {
	void *library;
	void *config;
	char module_path[512];
	char options[1024]; /* MsgFormatOptions has some 64 bytes */
	syslogng_construct *construct;
	syslogng_value *value;
	syslogng_one *unref;
	void *message;
};

static inline bool
syslogng_find(const char *pattern, char *path, size_t size)
{
	char full[512];
	glob_t found;
	bool ok;

	snprintf(full, sizeof(full), "%ssyslog-ng/%s", SYSLOGNG_FOLDER,
	    pattern);
	ok = glob(full, 0, NULL, &found) == 0;
	if (ok)
		snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return ok;
}

/* A function or an object; the names of some changed with 4.0. */
static inline void *
syslogng_symbol(struct syslogng *syslogng, const char *name)
{
	void *symbol = dlsym(syslogng->library, name);

	if (symbol == NULL)
		testing_fail(name, "%s", dlerror());
	return symbol;
}

#define SYSLOGNG_CALL(syslogng, type, name)                                    \
	((type *)(uintptr_t)syslogng_symbol((syslogng), (name)))

/* What it links is not where the system looks, so it goes before. */
static inline bool
syslogng_load(struct syslogng *syslogng)
{
	static const char *const libraries[] = { "libevtlog-*.so.0",
		"libsecret-storage.so.0", "libsyslog-ng-*.so.0" };
	char path[512];

	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		if (!syslogng_find(libraries[i], path, sizeof(path)))
			return false;
		syslogng->library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
		if (syslogng->library == NULL)
			testing_fail(path, "%s", dlerror());
	}
	return syslogng_find("[0-9]*", syslogng->module_path,
	    sizeof(syslogng->module_path));
}

/* Where modules are: the fourth of ResolvedConfigurablePaths. */
static inline void
syslogng_set_modules(struct syslogng *syslogng)
{
	const char **paths = dlsym(syslogng->library,
	    "resolvedConfigurablePaths");

	if (paths == NULL)
		paths = syslogng_symbol(syslogng,
		    "resolved_configurable_paths");
	paths[3] = syslogng->module_path;
}

/* False: it is not there. */
static inline bool
syslogng_open(struct syslogng *syslogng)
{
	memset(syslogng, 0, sizeof(*syslogng));
	if (!syslogng_load(syslogng))
		return false;
	syslogng_set_modules(syslogng);
	SYSLOGNG_CALL(syslogng, syslogng_startup, "app_startup")();
	syslogng->config = SYSLOGNG_CALL(syslogng, syslogng_new,
	    "cfg_new_snippet")();
	*(void **)syslogng_symbol(syslogng, "configuration") = syslogng->config;
	if (!SYSLOGNG_CALL(syslogng, syslogng_name,
		"cfg_load_module")(syslogng->config, "syslogformat"))
		testing_fail("syslogformat", "does not load from %s",
		    syslogng->module_path);
	SYSLOGNG_CALL(syslogng, syslogng_one, "msg_format_options_defaults")
	(syslogng->options);
	if (!SYSLOGNG_CALL(syslogng, syslogng_name,
		"msg_format_options_process_flag")(syslogng->options,
		"syslog-protocol"))
		testing_fail("syslog-protocol", "no such flag");
	SYSLOGNG_CALL(syslogng, syslogng_two, "msg_format_options_init")
	(syslogng->options, syslogng->config);
	syslogng->construct = SYSLOGNG_CALL(syslogng, syslogng_construct,
	    "msg_format_parse");
	syslogng->value = SYSLOGNG_CALL(syslogng, syslogng_value,
	    "__log_msg_get_value_by_name");
	syslogng->unref = SYSLOGNG_CALL(syslogng, syslogng_one,
	    "log_msg_unref");
	return true;
}

/* Its values are valid until the next one. */
static inline void
syslogng_parse(struct syslogng *syslogng, struct span frame)
{
	if (syslogng->message != NULL)
		syslogng->unref(syslogng->message);
	syslogng->message = syslogng->construct(syslogng->options,
	    (const unsigned char *)frame.ptr, frame.len);
}

/* By the name of a macro or of a value; empty if there is none. */
static inline struct span
syslogng_get(struct syslogng *syslogng, const char *name)
{
	ssize_t len = 0;
	const char *value = syslogng->value(syslogng->message, name, &len);

	return span_make(value, value != NULL ? (size_t)len : 0);
}

#endif
