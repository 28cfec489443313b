/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

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
	bool is_refused;    /* what `damage` says is a limit of ours */
	size_t at, len;	    /* of `input` */
	/* Since the ratio was looked at. */
	uint64_t packed_bytes, unpacked_bytes;
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
		if (stream->zstd == NULL ||
		    ZSTD_isError(ZSTD_DCtx_setParameter(stream->zstd,
			ZSTD_d_windowLogMax, SOURCE_STREAM_WINDOW_LOG)))
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

bool
source_stream_is_packed(const struct source_stream *stream)
{
	return stream->packing != PACKING_NONE;
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

static void
set_zstd_damage(struct source_stream *stream, size_t status)
{
	stream->is_refused = ZSTD_getErrorCode(status) ==
	    ZSTD_error_frameParameter_windowTooLarge;
	stream->damage = stream->is_refused ?
	    "it was packed with a window of more than 128 MiB: pack it "
	    "again without --long" :
	    ZSTD_getErrorName(status);
}

static size_t
read_zstd(struct source_stream *stream, char *into, size_t size)
{
	ZSTD_inBuffer in = { stream->input, stream->len, stream->at };
	ZSTD_outBuffer out = { into, size, 0 };
	size_t left = ZSTD_decompressStream(stream->zstd, &out, &in);

	if (ZSTD_isError(left))
		set_zstd_damage(stream, left);
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

/*
 * A few bytes that unpack to nearly endless ones would keep us busy for days.
 * Looked at now and then, not from the start: the start may well be blank.
 */
static void
check_ratio(struct source_stream *stream, size_t packed, size_t unpacked)
{
	stream->packed_bytes += packed;
	stream->unpacked_bytes += unpacked;
	if (stream->unpacked_bytes < SOURCE_STREAM_RATIO_BYTES)
		return;
	if (stream->unpacked_bytes / SOURCE_STREAM_RATIO_MAX >
	    stream->packed_bytes) {
		stream->is_refused = true;
		stream->damage = "it unpacks to more than 1000 times its "
				 "size: unpack it first if that is right";
	}
	stream->packed_bytes = 0;
	stream->unpacked_bytes = 0;
}

static size_t
unpack(struct source_stream *stream, char *into, size_t size)
{
	size_t at = stream->at, len;

	if (stream->packing == PACKING_NONE)
		return read_plain(stream, into, size);
	len = stream->packing == PACKING_GZIP ? read_gzip(stream, into, size) :
						read_zstd(stream, into, size);
	check_ratio(stream, stream->at - at, len);
	return len;
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
			return error_set(err, NULL, "%s%s",
			    stream->is_refused ? "" :
						 "the packed file is damaged: ",
			    stream->damage);
		if (stream->is_end && stream->at == stream->len)
			break;
		if (len == 0 && !stream->is_end && !fill(stream, err))
			return false;
	}
	*ret_len = len;
	return true;
}
