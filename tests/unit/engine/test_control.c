/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket, asked by this thread and by another user. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/control.h"
#include "support/testing.h"

#define NOBODY 65534

struct world {
	struct event_base *base;
	struct control *control;
	char folder[64], path[80];
	unsigned handled;
	bool last_wait, last_force;
	char last_level[32];
};

static bool
handle(void *context, const struct control_request *request,
    struct json *answer)
{
	struct world *world = context;

	if (!span_is(request->name, "hello"))
		return false;
	world->handled++;
	world->last_wait = request->wait;
	world->last_force = request->force;
	(void)snprintf(world->last_level, sizeof(world->last_level), SPAN_FMT,
	    SPAN_ARG(request->level));
	json_key(answer, "ok");
	json_bool(answer, true);
	return true;
}

static int
setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct control_options options = { .handle = handle, .context = world };
	struct error err = ERROR_NONE;

	assert_non_null(world);
	(void)snprintf(world->folder, sizeof(world->folder),
	    "/tmp/integrity-control-XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	assert_int_equal(chmod(world->folder, 0755), 0);
	(void)snprintf(world->path, sizeof(world->path), "%s/c.sock",
	    world->folder);
	options.path = world->path;
	world->base = event_base_new();
	if (!control_open(world->base, &options, &world->control, &err))
		testing_fail("open", "%s", err.text);
	*state = world;
	return 0;
}

static int
teardown(void **state)
{
	struct world *world = *state;

	control_close(world->control);
	event_base_free(world->base);
	assert_int_equal(access(world->path, F_OK), -1);
	assert_int_equal(rmdir(world->folder), 0);
	free(world);
	return 0;
}

static int
dial(const struct world *world)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, world->path, strlen(world->path));
	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
	    0)
		return fd;
	(void)close(fd);
	return -1;
}

/* What comes until `lines` lines are there, or the other side closes. */
static void
listen_to(struct world *world, int fd, unsigned lines, char *text, size_t size)
{
	size_t len = 0;
	ssize_t got;

	while (lines > 0 && len + 1 < size) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

		(void)event_base_loop(world->base, EVLOOP_NONBLOCK);
		if (poll(&poll_fd, 1, 0) <= 0)
			continue;
		got = read(fd, text + len, 1);
		if (got <= 0)
			break;
		lines -= text[len] == '\n';
		len += (size_t)got;
	}
	text[len] = '\0';
}

static void
test_requests(void **state)
{
	static const struct {
		const char *name, *request, *want;
	} cases[] = {
		{ "known", "{\"request\":\"hello\"}\n", "{\"ok\":true}\n" },
		{ "unknown", "{\"request\":\"bye\"}\n",
		    "{\"ok\":false,\"message\":\"no such request\"}\n" },
		{ "none", "{}\n",
		    "{\"ok\":false,\"message\":\"no such request\"}\n" },
		{ "no JSON", "hello\n",
		    "{\"ok\":false,\"message\":\"a request is a JSON object "
		    "on one line\"}\n" },
		{ "no object", "[1]\n",
		    "{\"ok\":false,\"message\":\"a request is a JSON object "
		    "on one line\"}\n" },
		{ "nested deep", "{\"a\":[[[[[[1]]]]]]}\n",
		    "{\"ok\":false,\"message\":\"a request is a JSON object "
		    "on one line\"}\n" },
	};
	struct world *world = *state;
	int fd = dial(world);
	char text[400];

	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(write(fd, cases[i].request,
				     strlen(cases[i].request)),
		    (int)strlen(cases[i].request));
		listen_to(world, fd, 1, text, sizeof(text));
		assert_span_equal_in(cases[i].name, span_of(text),
		    span_of(cases[i].want));
	}
	(void)close(fd);
	assert_int_equal(world->handled, 1);
}

static void
test_members(void **state)
{
	static const char requests[] =
	    "{\"request\":\"hello\",\"wait\":true,\"force\":1}\n"
	    "{\"request\":\"hello\",\"force\":true,\"level\":\"debug\"}\n";
	struct world *world = *state;
	int fd = dial(world);
	char text[100];

	assert_true(write(fd, requests, sizeof(requests) - 1) > 0);
	listen_to(world, fd, 2, text, sizeof(text));
	assert_string_equal(text, "{\"ok\":true}\n{\"ok\":true}\n");
	assert_int_equal(world->handled, 2);
	assert_false(world->last_wait);
	assert_true(world->last_force);
	assert_string_equal(world->last_level, "debug");
	(void)close(fd);
}

static void
test_line_without_end(void **state)
{
	struct world *world = *state;
	int fd = dial(world);
	char much[8000], text[10];

	memset(much, ' ', sizeof(much));
	assert_true(write(fd, much, sizeof(much)) > 0);
	listen_to(world, fd, 1, text, sizeof(text));
	assert_string_equal(text, "");
	(void)close(fd);
}

static void
test_mode_and_second_server(void **state)
{
	struct world *world = *state;
	struct control_options options = { .path = world->path,
		.handle = handle };
	struct control *second;
	struct error err = ERROR_NONE;
	struct stat status;

	assert_int_equal(stat(world->path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0660);
	/* Somebody answers there. */
	assert_false(control_open(world->base, &options, &second, &err));
	assert_non_null(strstr(err.text, world->path));
	options.group = "no-such-group-here";
	assert_false(control_open(world->base, &options, &second, &err));
	assert_non_null(strstr(err.text, "no-such-group-here"));
}

/* What is no socket is never removed. */
static void
test_file_in_the_way(void **state)
{
	struct world *world = *state;
	char path[100];
	struct control_options options = { .path = path, .handle = handle };
	struct control *second;
	struct error err = ERROR_NONE;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/file", world->folder);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_false(control_open(world->base, &options, &second, &err));
	assert_int_equal(unlink(path), 0);
}

/* The mode keeps others out; should it not, the kernel tells who asks. */
static void
test_another_user(void **state)
{
	struct world *world = *state;
	char text[200];
	int fd, pair[2], status;
	pid_t child;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(world->path, 0666), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		/* The peer is who connects. */
		_exit(setgid(NOBODY) != 0 || setuid(NOBODY) != 0 ||
		    (fd = dial(world)) < 0 || dup2(fd, STDIN_FILENO) < 0 ||
		    write(pair[1], "x", 1) != 1 ||
		    read(pair[1], text, 1) != 1 ||
		    read(STDIN_FILENO, text, sizeof(text)) <= 0 ||
		    strstr(text, "not allowed") == NULL);
	}
	assert_int_equal(read(pair[0], text, 1), 1);
	for (int i = 0; i < 10; i++)
		(void)event_base_loop(world->base, EVLOOP_NONBLOCK);
	assert_int_equal(write(pair[0], "x", 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(world->handled, 0);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_members, setup, teardown),
		cmocka_unit_test_setup_teardown(test_line_without_end, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_mode_and_second_server,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_file_in_the_way, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_another_user, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
