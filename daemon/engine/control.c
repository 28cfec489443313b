/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/json_read.h"

#include "engine/control.h"
#include "engine/listen.h"

#define CONTROL_MAGIC 0xc0274013u
#define PEER_MAGIC 0xc0274014u
#define PEERS_MAX 16
#define LINE_BYTES_MAX 4096
#define JSON_DEPTH 4
#define GROUPS_MAX 256
#define QUIET_S 60
#define SOCKET_MODE 0660

struct peer {
	uint32_t magic;
	struct control *control;
	struct bufferevent *stream;
	struct peer *next;
	uint32_t user_id;
	bool is_leaving; /* once what is written has left */
};

struct control {
	uint32_t magic;
	struct control_options options;
	char *path;
	gid_t group; /* LISTEN_NO_GROUP: none */
	int fd;
	struct event *acceptable;
	struct event_base *base;
	struct json_reader *reader;
	struct peer *peers;
	size_t peer_count;
};

/* ---- Who asks ---- */

static bool
is_in_group(const struct control *control, int fd, gid_t primary)
{
	gid_t groups[GROUPS_MAX];
	socklen_t size = sizeof(groups);

	if (control->group == LISTEN_NO_GROUP)
		return false;
	if (primary == control->group)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) != 0)
		return false;
	for (size_t i = 0; i < size / sizeof(*groups); i++) {
		if (groups[i] == control->group)
			return true;
	}
	return false;
}

static bool
is_allowed(const struct control *control, int fd, uint32_t *ret_user_id)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
		return false;
	*ret_user_id = peer.uid;
	return peer.uid == 0 || peer.uid == geteuid() ||
	    is_in_group(control, fd, peer.gid);
}

/* ---- Requests and answers ---- */

static void
peer_close(struct peer *peer)
{
	struct peer **link = &peer->control->peers;

	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	peer->control->peer_count--;
	bufferevent_free(peer->stream);
	peer->magic = 0;
	mem_free(peer);
}

static void
send_answer(struct peer *peer, struct buffer *answer)
{
	buffer_add_char(answer, '\n');
	bufferevent_write(peer->stream, answer->ptr, answer->len);
	buffer_done(answer);
}

static void
refuse(struct peer *peer, const char *message)
{
	struct buffer answer = BUFFER_INIT;
	struct json json;

	json_init(&json, &answer);
	json_object(&json);
	json_key(&json, "ok");
	json_bool(&json, false);
	json_key(&json, "message");
	json_string(&json, message);
	json_end(&json);
	send_answer(peer, &answer);
}

static struct span
string_member(struct json_value object, const char *key)
{
	struct json_value value;

	if (!json_member(object, span_of(key), &value) ||
	    json_value_kind(value) != JSON_KIND_STRING)
		return SPAN_NONE;
	return json_value_string(value);
}

static bool
bool_member(struct json_value object, const char *key)
{
	struct json_value value;

	return json_member(object, span_of(key), &value) &&
	    json_value_kind(value) == JSON_KIND_BOOL && json_value_bool(value);
}

static void
handle_line(struct peer *peer, struct span line)
{
	struct control *control = peer->control;
	struct control_request request = { .user_id = peer->user_id };
	struct buffer answer = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct json_value root;
	struct json json;

	if (json_read(control->reader, line, false, &root, &err) != JSON_OK ||
	    json_value_kind(root) != JSON_KIND_OBJECT) {
		refuse(peer, "a request is a JSON object on one line");
		return;
	}
	request.name = string_member(root, "request");
	request.level = string_member(root, "level");
	request.wait = bool_member(root, "wait");
	request.force = bool_member(root, "force");
	json_init(&json, &answer);
	json_object(&json);
	if (control->options.handle(control->options.context, &request,
		&json)) {
		json_end(&json);
		send_answer(peer, &answer);
		return;
	}
	buffer_done(&answer);
	refuse(peer, "no such request");
}

static void
on_readable(struct bufferevent *stream, void *context)
{
	struct peer *peer = CHECK_CAST(peer, PEER_MAGIC, context);
	struct evbuffer *input = bufferevent_get_input(stream);
	size_t len;
	char *line;

	while (!peer->is_leaving &&
	    (line = evbuffer_readln(input, &len, EVBUFFER_EOL_LF)) != NULL) {
		handle_line(peer, span_make(line, len));
		free(line);
	}
	if (evbuffer_get_length(input) < LINE_BYTES_MAX)
		return;
	peer_close(peer);
}

static void
on_written(struct bufferevent *stream, void *context)
{
	struct peer *peer = CHECK_CAST(peer, PEER_MAGIC, context);

	(void)stream;
	if (peer->is_leaving)
		peer_close(peer);
}

static void
on_gone(struct bufferevent *stream, short what, void *context)
{
	(void)stream;
	(void)what;
	peer_close(CHECK_CAST(peer, PEER_MAGIC, context));
}

/* ---- Connections ---- */

static void
peer_open(struct control *control, int fd)
{
	static const struct timeval quiet = { .tv_sec = QUIET_S };
	struct peer *peer = mem_zalloc(sizeof(*peer));

	peer->magic = PEER_MAGIC;
	peer->control = control;
	peer->next = control->peers;
	control->peers = peer;
	control->peer_count++;
	peer->stream = bufferevent_socket_new(control->base, fd,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	CHECK(peer->stream != NULL);
	bufferevent_setcb(peer->stream, on_readable, on_written, on_gone, peer);
	bufferevent_set_timeouts(peer->stream, &quiet, &quiet);
	if (is_allowed(control, fd, &peer->user_id)) {
		(void)bufferevent_enable(peer->stream, EV_READ | EV_WRITE);
		return;
	}
	log_warning("control: a request by user id %u was refused",
	    (unsigned)peer->user_id);
	peer->is_leaving = true;
	(void)bufferevent_disable(peer->stream, EV_READ);
	refuse(peer,
	    "not allowed: root, the daemon's user or a member of "
	    "its control group may ask");
}

static void
on_acceptable(evutil_socket_t listening, short what, void *context)
{
	struct control *control = CHECK_CAST(control, CONTROL_MAGIC, context);
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (fd < 0)
		return;
	if (control->peer_count >= PEERS_MAX)
		(void)close(fd);
	else
		peer_open(control, fd);
}

static bool
find_group(const char *name, gid_t *ret_group, struct error *err)
{
	const struct group *group;

	if (name == NULL)
		return true;
	group = getgrnam(name);
	if (group == NULL)
		return error_set(err, NULL, "there is no group %s", name);
	*ret_group = group->gr_gid;
	return true;
}

bool
control_open(struct event_base *base, const struct control_options *options,
    struct control **ret_control, struct error *err)
{
	struct control *control;
	gid_t group = LISTEN_NO_GROUP;
	int fd;

	if (!find_group(options->group, &group, err))
		return error_prefix(err, "control socket");
	fd = listen_unix(options->path, SOCKET_MODE, group, err);
	if (fd < 0)
		return error_prefix(err, "control socket");
	control = mem_zalloc(sizeof(*control));
	control->magic = CONTROL_MAGIC;
	control->options = *options;
	control->base = base;
	control->path = mem_strdup(options->path);
	control->group = group;
	control->fd = fd;
	control->reader = json_reader_new(LINE_BYTES_MAX, JSON_DEPTH);
	control->acceptable = event_new(base, fd, EV_READ | EV_PERSIST,
	    on_acceptable, control);
	(void)event_add(control->acceptable, NULL);
	*ret_control = control;
	return true;
}

void
control_close(struct control *control)
{
	if (control == NULL)
		return;
	while (control->peers != NULL)
		peer_close(control->peers);
	event_free(control->acceptable);
	(void)close(control->fd);
	(void)unlink(control->path);
	json_reader_free(control->reader);
	mem_free(control->path);
	control->magic = 0;
	mem_free(control);
}
