/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/span.h"

#include "source/stream.h"

#define INPUT_BYTES ((size_t)128 * 1024)

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

struct source_stream {
	int fd;
	enum packing packing;
	bool is_end;	    /* of the file */
	bool in_member;	    /* packed data that has not ended yet */
	bool has_member;    /* some has ended */
	const char *damage; /* told after the bytes before it */
	size_t at, len;	    /* of `input` */
	z_stream gzip;
	ZSTD_DStream *zstd;
	char input[INPUT_BYTES];
};

/* Moves what is left to the front and reads behind it, once. */
static bool
fill(struct source_stream *stream, struct error *err)
{
	ssize_t len;

	memmove(stream->input, stream->input + stream->at,
	    stream->len - stream->at);
	stream->len -= stream->at;
	stream->at = 0;
	do
		len = read(stream->fd, stream->input + stream->len,
		    sizeof(stream->input) - stream->len);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return error_set(err, "IR0104", "%s", strerror(errno));
	stream->is_end = len == 0;
	stream->len += (size_t)len;
	return true;
}

static bool
starts_with(const struct source_stream *stream, struct span magic)
{
	return span_starts_with(span_make(stream->input + stream->at,
				    stream->len - stream->at),
	    magic);
}

static bool
start(struct source_stream *stream, struct error *err)
{
	while (stream->len < 4 && !stream->is_end) {
		if (!fill(stream, err))
			return false;
	}
	if (starts_with(stream, SPAN("\x1f\x8b"))) {
		stream->packing = PACKING_GZIP;
		if (inflateInit2(&stream->gzip, 15 + 16) != Z_OK)
			log_fatal(EX_OSERR, "out of memory for zlib");
	} else if (starts_with(stream, SPAN("\x28\xb5\x2f\xfd"))) {
		stream->packing = PACKING_ZSTD;
		stream->zstd = ZSTD_createDStream();
		if (stream->zstd == NULL)
			log_fatal(EX_OSERR, "out of memory for zstd");
	}
	return true;
}

bool
source_stream_open(const char *path, struct source_stream **ret_stream,
    struct error *err)
{
	struct source_stream *stream = mem_zalloc(sizeof(*stream));

	stream->fd = !strcmp(path, "-") ? STDIN_FILENO :
					  open(path, O_RDONLY | O_CLOEXEC);
	if (stream->fd < 0)
		error_set(err, "IR0104", "%s", strerror(errno));
	if (stream->fd < 0 || !start(stream, err)) {
		source_stream_close(stream);
		return false;
	}
	*ret_stream = stream;
	return true;
}

void
source_stream_close(struct source_stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->fd > STDIN_FILENO)
		close(stream->fd);
	if (stream->packing == PACKING_GZIP)
		inflateEnd(&stream->gzip);
	ZSTD_freeDStream(stream->zstd);
	mem_free(stream);
}

/* Members may be joined; blocks of a tape are filled up with zeros. */
static void
next_member(struct source_stream *stream)
{
	while (stream->at < stream->len && stream->input[stream->at] == 0)
		stream->at++;
	if (stream->at == stream->len)
		return;
	if (!starts_with(stream, SPAN("\x1f")))
		stream->damage = "other data behind it";
	(void)inflateReset(&stream->gzip);
	stream->has_member = false;
}

static size_t
read_gzip(struct source_stream *stream, char *into, size_t size)
{
	z_stream *gzip = &stream->gzip;
	int status;

	if (stream->has_member)
		next_member(stream);
	/* Without input too: some may be unpacked already. */
	if ((stream->at == stream->len && !stream->in_member) ||
	    stream->damage != NULL)
		return 0;
	gzip->next_in = (Bytef *)stream->input + stream->at;
	gzip->avail_in = (uInt)(stream->len - stream->at);
	gzip->next_out = (Bytef *)into;
	gzip->avail_out = (uInt)size;
	status = inflate(gzip, Z_NO_FLUSH);
	stream->at = stream->len - gzip->avail_in;
	stream->in_member = status != Z_STREAM_END;
	stream->has_member = status == Z_STREAM_END;
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		stream->damage = gzip->msg != NULL ? gzip->msg : "zlib";
	return size - gzip->avail_out;
}

static size_t
read_zstd(struct source_stream *stream, char *into, size_t size)
{
	ZSTD_inBuffer in = { stream->input, stream->len, stream->at };
	ZSTD_outBuffer out = { into, size, 0 };
	size_t left = ZSTD_decompressStream(stream->zstd, &out, &in);

	if (ZSTD_isError(left))
		stream->damage = ZSTD_getErrorName(left);
	/* Called again at the end it asks for the next frame's header. */
	else if (in.pos > stream->at || out.pos > 0)
		stream->in_member = left != 0;
	stream->at = in.pos;
	return out.pos;
}

static size_t
read_plain(struct source_stream *stream, char *into, size_t size)
{
	size_t len = stream->len - stream->at;

	len = len < size ? len : size;
	memcpy(into, stream->input + stream->at, len);
	stream->at += len;
	return len;
}

static size_t
unpack(struct source_stream *stream, char *into, size_t size)
{
	switch (stream->packing) {
	case PACKING_GZIP:
		return read_gzip(stream, into, size);
	case PACKING_ZSTD:
		return read_zstd(stream, into, size);
	default:
		return read_plain(stream, into, size);
	}
}

bool
source_stream_read(struct source_stream *stream, char *into, size_t size,
    size_t *ret_len, struct error *err)
{
	size_t len = 0;

	size = size < INPUT_BYTES ? size : INPUT_BYTES;
	while (len == 0) {
		if (stream->damage == NULL)
			len = unpack(stream, into, size);
		if (len == 0 && stream->is_end && stream->in_member &&
		    stream->damage == NULL)
			stream->damage = "it ends early";
		if (len == 0 && stream->damage != NULL)
			return error_set(err, NULL,
			    "the packed file is damaged: %s", stream->damage);
		if (stream->is_end && stream->at == stream->len)
			break;
		if (len == 0 && !stream->is_end && !fill(stream, err))
			return false;
	}
	*ret_len = len;
	return true;
}
