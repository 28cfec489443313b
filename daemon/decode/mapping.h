/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mapping files: how a source's fields become canonical ones.
 *
 *	name: niche-rms
 *	logsource: {product: records}
 *	time: {field: searchDate, format: "%Y-%m-%d %H:%M:%S.%f",
 *	       zone: UTC, local_zone: Europe/London}
 *	fields:
 *	  user.id: userId			# from that path
 *	  reason.text: {from: reason, trim: true}
 *	  event.action: {const: search}
 *	  query.prefix: {from: q, prefix: 3, lower: true}
 *	  subject.id: {from: persons, split: ","}
 *	  query.scope: {from: cameras, type: integer}
 *
 *	  case.id: {from: [crimeNo, incidentNo]}	# the first with a value
 *
 * A value is split at `split` (empty parts are none), each part or member of
 * an array trimmed, folded, cut to `prefix` characters and read as `type`
 * (string, integer, number, boolean), in this order; what cannot be read so
 * stays as it is.  Constants are taken as YAML has them.
 *
 * `format` is "iso" (default), "epoch_s", "epoch_ms", "epoch_us" or
 * strptime-like (base/zone.h).  `zone` is that of times written without an
 * offset, `local_zone` (default: zone) that of event.local_*.  A field that
 * is not mapped is not there, but for @timestamp, which is the time as the
 * source wrote it; keyword rules see all values of a record.
 */
#ifndef DECODE_MAPPING_H
#define DECODE_MAPPING_H

#include "model/event.h"
#include "model/rule.h"
#include "text/csv.h"
#include "text/encoding.h"
#include "text/yaml.h"

struct mapping;

/* Findings go to diag.  The caller frees. */
bool mapping_read(const char *path, struct diag *diag,
    struct mapping **ret_mapping);

/* No file: fields are the source's own paths. */
struct mapping *mapping_identity(void);
void mapping_free(struct mapping *mapping); /* accepts NULL */

struct span mapping_name(const struct mapping *mapping);
struct logsource mapping_logsource(const struct mapping *mapping);

/*
 * Settings of the input override what the file says; NULL: leave it.  False
 * with err if the zone or format is unknown.
 */
bool mapping_set_time(struct mapping *mapping, const char *field,
    const char *format, const char *zone, struct error *err);
bool mapping_set_encoding(struct mapping *mapping, const char *name,
    struct error *err);

/* Adds to the finding just made about a name. */
void mapping_suggest_encoding(const char *name, struct diag *diag);

/* Records begin with the five bytes of a schema registry, or some do. */
void mapping_set_wire_header(struct mapping *mapping, bool has_wire_header);

/* The key of hashes, unless the mapping's file names its own. */
bool mapping_set_hash_key(struct mapping *mapping, const char *path,
    struct error *err);

/* Fields are to be hashed and there is no key: no decoder can be made. */
bool mapping_lacks_hash_key(const struct mapping *mapping);

const struct zone *mapping_local_zone(const struct mapping *mapping);

/* What its records are written in, and, NULL if it does not say, its rows. */
enum encoding mapping_encoding(const struct mapping *mapping);
const struct csv_dialect *mapping_csv(const struct mapping *mapping);

/* Does the mapping (or, without a file, could the source) have this field? */
bool mapping_has_field(const struct mapping *mapping, struct span name);

#endif
