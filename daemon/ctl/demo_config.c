/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "config/config.h"

#include "ctl/demo.h"

/* Source trees are found from a build folder at most so far below. */
#define PARENTS_MAX 4
#define TAIL_BYTES 64

/* ---- Where the shipped rules are ---- */

static bool
cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		return false;
	*slash = '\0';
	return true;
}

/* `folder`/`tail` resolved, if `folder`/`beside` is there too. */
static bool
try_path(const char *folder, const char *tail, const char *beside,
    char ret_path[PATH_MAX])
{
	char path[PATH_MAX + TAIL_BYTES];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, beside);
	if (access(path, R_OK) != 0)
		return false;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, tail);
	return file_is_folder(path) && realpath(path, ret_path) != NULL;
}

/*
 * Beside the program as it is installed, wherever that was moved to; in the
 * source tree that it was built in; where it was meant to be installed.
 */
static bool
find_rules(char ret_path[PATH_MAX])
{
	char folder[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", folder, sizeof(folder) - 1);

	folder[len > 0 ? len : 0] = '\0';
	(void)cut_last(folder);
	if (try_path(folder, "../share/integrityd/rules", ".", ret_path))
		return true;
	for (int i = 0; i < PARENTS_MAX && cut_last(folder); i++) {
		if (try_path(folder, "rules", "CMakePresets.json", ret_path))
			return true;
	}
	return try_path(INTEGRITY_RULES_DIR, ".", ".", ret_path) ||
	    try_path(".", "rules", "CMakePresets.json", ret_path);
}

/* ---- The configuration ---- */

static bool
add_rules(struct json *json, const struct ctl_strings *rules, struct error *err)
{
	char path[PATH_MAX];

	json_key(json, "rules");
	json_array(json);
	for (size_t i = 0; i < rules->count; i++)
		json_string(json, rules->items[i]);
	if (rules->count == 0) {
		if (!find_rules(path))
			return error_set(err, NULL,
			    "the shipped rules are "
			    "not found: name them with --rules PATH");
		json_string(json, path);
	}
	json_end(json);
	return true;
}

static void
add_input(struct json *json)
{
	json_key(json, "inputs");
	json_array(json);
	json_object(json);
	json_key(json, "topic");
	json_string(json, DEMO_TOPIC);
	json_key(json, "logsource");
	json_object(json);
	json_key(json, "category");
	json_string(json, "record_access");
	json_end(json);
	json_end(json);
	json_end(json);
}

static void
add_destination(struct json *json, uint16_t port)
{
	char address[32];

	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	json_key(json, "destinations");
	json_array(json);
	json_object(json);
	json_key(json, "name");
	json_string(json, "demo");
	json_key(json, "transport");
	json_string(json, "tcp");
	json_key(json, "address");
	json_string(json, address);
	json_key(json, "audience");
	json_string(json, "investigators");
	json_key(json, "max_message_size");
	json_string(json, "64KiB");
	json_key(json, "heartbeat");
	json_string(json, "5s");
	json_end(json);
	json_end(json);
}

/* JSON is YAML, and quotes whatever a path holds. */
static bool
write_text(const struct demo_options *options, const char *lists, uint16_t port,
    struct buffer *out, struct error *err)
{
	struct json json;

	json_init(&json, out);
	json_object(&json);
	json_key(&json, "kafka");
	json_object(&json);
	json_key(&json, "bootstrap");
	json_string(&json, "embedded");
	json_end(&json);
	add_input(&json);
	if (!add_rules(&json, &options->rules, err))
		return false;
	json_key(&json, "lists");
	json_array(&json);
	json_string(&json, lists);
	json_end(&json);
	add_destination(&json, port);
	json_key(&json, "control");
	json_object(&json);
	json_key(&json, "socket");
	json_string(&json, CONFIG_CONTROL_NONE);
	json_end(&json);
	json_end(&json);
	return true;
}

bool
demo_config_make(const struct demo_options *options, const char *lists,
    uint16_t port, struct arena *arena, struct config *ret_config,
    struct error *err)
{
	struct buffer text = BUFFER_INIT, first = BUFFER_INIT;
	const struct yaml_node *const *documents;
	struct diag *diag = diag_new();
	size_t count;
	bool ok = write_text(options, lists, port, &text, err);

	if (ok &&
	    (!yaml_parse(arena, diag, "demo", buffer_span(&text), &documents,
		 &count) ||
		!schema_read(&config_schema, documents[0], arena, diag,
		    ret_config))) {
		diag_first_error(diag, &first);
		ok = error_set(err, NULL, "%s", buffer_string(&first));
	}
	diag_free(diag);
	buffer_done(&text);
	buffer_done(&first);
	return ok;
}

/* ---- Lists ---- */

static void
list_path(const char *folder, const struct force_list *list,
    char ret_path[PATH_MAX])
{
	(void)snprintf(ret_path, PATH_MAX, "%s/%s.txt", folder, list->name);
}

static bool
write_list(const char *folder, const struct force_list *list, struct error *err)
{
	char path[PATH_MAX];
	int fd;
	bool ok;

	list_path(folder, list, path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	ok = dprintf(fd, "%s\n", list->value) > 0;
	if (close(fd) != 0 || !ok)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	return true;
}

bool
demo_config_write_lists(const struct force *force, char ret_folder[128],
    struct error *err)
{
	const char *base = getenv("TMPDIR");
	const struct force_list *lists;
	size_t count;

	(void)snprintf(ret_folder, 128, "%.96s/integrity-demo-XXXXXX",
	    base != NULL && *base != '\0' ? base : "/tmp");
	if (mkdtemp(ret_folder) == NULL)
		return error_set(err, NULL, "%s: %s", ret_folder,
		    strerror(errno));
	lists = force_lists(force, &count);
	for (size_t i = 0; i < count; i++) {
		if (!write_list(ret_folder, &lists[i], err)) {
			demo_config_remove_lists(force, ret_folder);
			return false;
		}
	}
	return true;
}

void
demo_config_remove_lists(const struct force *force, const char *folder)
{
	const struct force_list *lists;
	char path[PATH_MAX];
	size_t count;

	lists = force_lists(force, &count);
	for (size_t i = 0; i < count; i++) {
		list_path(folder, &lists[i], path);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}
