/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "text/schema.h"

struct pet {
	const char *name;
	uint64_t legs;
};

struct house {
	const char *street;
	bool garden;
	uint64_t rooms;
	int64_t lease_us;
	uint64_t area;
	int color;
	struct schema_strings people;
	struct pet guard;
	struct schema_list pets;
	struct schema_pairs labels;
	const struct yaml_node *other;
};

static const struct schema_option pet_options[] = {
	{ .key = "name",
	    .type = SCHEMA_STRING,
	    .offset = offsetof(struct pet, name),
	    .is_required = true,
	    .doc = "What it is called",
	    .example = "Rex" },
	{ .key = "legs",
	    .type = SCHEMA_UINT,
	    .offset = offsetof(struct pet, legs),
	    .default_text = "4",
	    .max = 1000,
	    .is_reloadable = true,
	    .doc = "How many legs it has" },
};

static const struct schema pet_schema = { "a pet", sizeof(struct pet),
	pet_options, 2 };

static const char *const colors[] = { "white", "red", "blue", NULL };

#define AT(member) offsetof(struct house, member)

static const struct schema_option house_options[] = {
	{ .key = "street",
	    .type = SCHEMA_STRING,
	    .offset = AT(street),
	    .is_required = true,
	    .doc = "Where it stands",
	    .example = "High Street" },
	{ .key = "garden",
	    .type = SCHEMA_BOOL,
	    .offset = AT(garden),
	    .default_text = "true",
	    .doc = "Has it a garden" },
	{ .key = "rooms",
	    .type = SCHEMA_UINT,
	    .offset = AT(rooms),
	    .default_text = "3",
	    .min = 1,
	    .max = 20,
	    .doc = "Rooms" },
	{ .key = "lease",
	    .type = SCHEMA_DURATION,
	    .offset = AT(lease_us),
	    .default_text = "1y",
	    .min = 86400000000,
	    .max = INT64_MAX,
	    .doc = "Of the lease" },
	{ .key = "area",
	    .type = SCHEMA_SIZE,
	    .offset = AT(area),
	    .default_text = "1KiB",
	    .doc = "In bytes, for once" },
	{ .key = "color",
	    .type = SCHEMA_ENUM,
	    .offset = AT(color),
	    .default_text = "red",
	    .max = 2,
	    .words = colors,
	    .doc = "Of the door" },
	{ .key = "people",
	    .type = SCHEMA_STRINGS,
	    .offset = AT(people),
	    .default_text = "[Ann, Ben]",
	    .doc = "Who lives there" },
	{ .key = "guard",
	    .type = SCHEMA_MAP,
	    .offset = AT(guard),
	    .child = &pet_schema,
	    .doc = "The one at the door" },
	{ .key = "pets",
	    .type = SCHEMA_MAPS,
	    .offset = AT(pets),
	    .child = &pet_schema,
	    .doc = "All of them" },
	{ .key = "labels",
	    .type = SCHEMA_PAIRS,
	    .offset = AT(labels),
	    .doc = "Whatever is said of it" },
	{ .key = "other",
	    .type = SCHEMA_NODE,
	    .offset = AT(other),
	    .doc = "Anything" },
};

static const struct schema house_schema = { "a house", sizeof(struct house),
	house_options, sizeof(house_options) / sizeof(house_options[0]) };

struct reading {
	struct arena *arena;
	struct diag *diag;
	struct house house;
	bool ok;
};

static struct reading
read_house(const char *text)
{
	struct reading reading = { arena_new(4096), diag_new(), { 0 }, false };
	const struct yaml_node *const *documents;
	size_t count;

	/* What was there before does not shine through. */
	memset(&reading.house, 0xa5, sizeof(reading.house));
	assert_true(yaml_parse(reading.arena, reading.diag, "h.yaml",
	    span_of(text), &documents, &count));
	reading.ok = schema_read(&house_schema, count ? documents[0] : NULL,
	    reading.arena, reading.diag, &reading.house);
	return reading;
}

static void
done(struct reading *reading)
{
	diag_free(reading->diag);
	arena_free(reading->arena);
}

static void
test_defaults(void **state)
{
	struct reading r = read_house("street: x\n");

	(void)state;
	assert_true(r.ok);
	assert_string_equal(r.house.street, "x");
	assert_true(r.house.garden);
	assert_int_equal(r.house.rooms, 3);
	assert_int_equal(r.house.lease_us, INT64_C(31556952000000));
	assert_int_equal(r.house.area, 1024);
	assert_int_equal(r.house.color, 1);
	assert_int_equal(r.house.people.count, 2);
	assert_string_equal(r.house.people.items[1], "Ben");
	assert_null(r.house.people.places[1].source);
	assert_null(r.house.guard.name);
	assert_int_equal(r.house.guard.legs, 4);
	assert_int_equal(r.house.pets.count, 0);
	assert_int_equal(r.house.labels.count, 0);
	assert_null(r.house.other);
	done(&r);
}

static void
test_values(void **state)
{
	struct reading r = read_house(
	    "street: 12\ngarden: false\nrooms: 7\n"
	    "lease: 1d12h\narea: 2MiB\ncolor: blue\npeople: Carl\n"
	    "guard: {name: Rex}\n"
	    "pets: [{name: Tib}, {legs: 8, name: Boris}]\n"
	    "labels: {a.b: 1, 'c': x}\nother: [1]\n");
	const struct pet *pets = r.house.pets.items;

	(void)state;
	assert_true(r.ok);
	assert_string_equal(r.house.street, "12");
	assert_false(r.house.garden);
	assert_int_equal(r.house.rooms, 7);
	assert_int_equal(r.house.lease_us, INT64_C(129600000000));
	assert_int_equal(r.house.area, 2097152);
	assert_int_equal(r.house.color, 2);
	assert_int_equal(r.house.people.count, 1);
	assert_string_equal(r.house.people.items[0], "Carl");
	assert_int_equal(r.house.people.places[0].line, 7);
	assert_string_equal(r.house.guard.name, "Rex");
	assert_int_equal(r.house.pets.count, 2);
	assert_string_equal(pets[0].name, "Tib");
	assert_int_equal(pets[0].legs, 4);
	assert_string_equal(pets[1].name, "Boris");
	assert_int_equal(pets[1].legs, 8);
	assert_int_equal(r.house.pets.places[1].column, 21);
	assert_int_equal(r.house.labels.count, 2);
	assert_string_equal(r.house.labels.keys[0], "a.b");
	assert_string_equal(r.house.labels.values[0], "1");
	assert_int_equal(r.house.other->kind, YAML_LIST);
	done(&r);
}

/* The first error of each; more than one only where `count` says so. */
static const struct {
	const char *text;
	size_t count;
	const char *want;
} mistakes[] = {
	{ "{}", 1, ":1:1: error[IR0112]: a house lacks the key `street`" },
	{ "", 1, "error[IR0112]: a house lacks the key `street`" },
	{ "~", 1, ":1:1: error[IR0112]: a house lacks the key `street`" },
	{ "[a]", 1, ":1:1: error[IR0113]: a house is a map, not a list" },
	{ "street:", 1, ":1:1: error[IR0120]: `street` has no value" },
	{ "street: [a]", 1,
	    ":1:9: error[IR0113]: `street` takes a string, not a list" },
	{ "street: \"a\\0b\"", 1,
	    ":1:9: error[IR0113]: `street` holds a NUL character" },
	{ "{street: a, streets: b}", 1,
	    ":1:13: error[IR0102]: unknown key `streets`" },
	{ "{street: a, garden: yes}", 1,
	    ":1:21: error[IR0113]: "
	    "`garden` takes true or false, not a string" },
	{ "{street: a, rooms: '5'}", 1,
	    ":1:20: error[IR0113]: "
	    "`rooms` takes a whole number, not a string" },
	{ "{street: a, rooms: 2.5}", 1,
	    ":1:20: error[IR0113]: "
	    "`rooms` takes a whole number, not a decimal number" },
	{ "{street: a, rooms: 0}", 1,
	    ":1:20: error[IR0114]: `rooms` is out of bounds" },
	{ "{street: a, rooms: 21}", 1,
	    ":1:20: error[IR0114]: `rooms` is out of bounds" },
	{ "{street: a, rooms: -1}", 1,
	    ":1:20: error[IR0114]: `rooms` is out of bounds" },
	{ "{street: a, rooms: 99999999999999999999}", 1,
	    ":1:20: error[IR0114]: `rooms` is out of bounds" },
	{ "{street: a, lease: 5}", 1,
	    ":1:20: error[IR0116]: `lease`: "
	    "`5` lacks a unit (us, ms, s, m, h, d, w, M, y)" },
	{ "{street: a, lease: 23h}", 1,
	    ":1:20: error[IR0114]: `lease` is out of bounds" },
	{ "{street: a, area: 5K}", 1,
	    ":1:19: error[IR0117]: `area`: "
	    "`K` is no unit of size (B, kB, MB, GB, KiB, MiB, GiB)" },
	{ "{street: a, color: rde}", 1,
	    ":1:20: error[IR0115]: `color` cannot be `rde`" },
	{ "{street: a, color: 3}", 1,
	    ":1:20: error[IR0115]: `color` cannot be `3`" },
	{ "{street: a, people: {a: b}}", 1,
	    ":1:21: error[IR0113]: "
	    "`people` takes a list of strings, not a map" },
	{ "{street: a, people: [a, [b]]}", 1,
	    ":1:25: error[IR0113]: `people` takes a string, not a list" },
	{ "{street: a, guard: {legs: 3}}", 1,
	    ":1:20: error[IR0112]: a pet lacks the key `name`" },
	{ "{street: a, guard: x}", 1,
	    ":1:20: error[IR0113]: a pet is a map, not a string" },
	{ "{street: a, pets: {name: x}}", 1,
	    ":1:19: error[IR0113]: "
	    "`pets` takes a list of maps, not a map" },
	{ "{street: a, pets: [{name: x}, {leg: 1}]}", 2,
	    ":1:31: error[IR0112]: a pet lacks the key `name`" },
	{ "{street: a, labels: {a: [b]}}", 1,
	    ":1:25: error[IR0113]: `a` takes a string, not a list" },
	{ "{rooms: x, garden: 1, color: 7, lease: x}", 5,
	    ":1:1: error[IR0112]: a house lacks the key `street`" },
};

static void
test_mistakes(void **state)
{
	struct buffer got = BUFFER_INIT, want = BUFFER_INIT;
	struct reading r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		buffer_reset(&got);
		buffer_reset(&want);
		r = read_house(mistakes[i].text);
		diag_first_error(r.diag, &got);
		if (mistakes[i].want[0] == ':')
			buffer_add_string(&want, "h.yaml");
		buffer_add_string(&want, mistakes[i].want);
		assert_span_equal_in(mistakes[i].text, buffer_span(&got),
		    buffer_span(&want));
		if (r.ok || diag_errors(r.diag) != mistakes[i].count)
			testing_fail(mistakes[i].text,
			    "got %d with %zu errors, want 0 with %zu", r.ok,
			    diag_errors(r.diag), mistakes[i].count);
		done(&r);
	}
	buffer_done(&got);
	buffer_done(&want);
}

static void
test_suggestions(void **state)
{
	struct buffer got = BUFFER_INIT;
	struct reading r = read_house("street: a\nroms: 1\ncolor: blu\n"
				      "rooms: 30\n");

	(void)state;
	diag_render_human(r.diag, false, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("error[IR0102]: unknown key `roms`\n"
		 " --> h.yaml:2:1\n"
		 "  |\n"
		 "2 | roms: 1\n"
		 "  | ^~~~ did you mean `rooms`?\n"
		 "  = help: keys allowed here: street, garden, rooms, lease, "
		 "area, "
		 "color, people, guard, pets, labels, other\n"
		 "\n"
		 "error[IR0115]: `color` cannot be `blu`\n"
		 " --> h.yaml:3:8\n"
		 "  |\n"
		 "3 | color: blu\n"
		 "  |        ^~~ did you mean `blue`?\n"
		 "  = help: words allowed here: white, red, blue\n"
		 "\n"
		 "error[IR0114]: `rooms` is out of bounds\n"
		 " --> h.yaml:4:8\n"
		 "  |\n"
		 "4 | rooms: 30\n"
		 "  |        ^~ at most 20\n"));
	buffer_done(&got);
	done(&r);
}

static const struct schema_option small_options[] = {
	{ .key = "street",
	    .type = SCHEMA_STRING,
	    .is_required = true,
	    .example = "High Street",
	    .doc = "Where it stands" },
	{ .key = "lease",
	    .type = SCHEMA_DURATION,
	    .default_text = "1y",
	    .min = 86400000000,
	    .max = 3155695200000000,
	    .is_reloadable = true,
	    .doc = "How long the contract of lease runs if nobody "
		   "says otherwise" },
	{ .key = "color",
	    .type = SCHEMA_ENUM,
	    .default_text = "red",
	    .words = colors,
	    .doc = "Of the door" },
	{ .key = "guard",
	    .type = SCHEMA_MAP,
	    .child = &pet_schema,
	    .doc = "The one at the door" },
	{ .key = "pets",
	    .type = SCHEMA_MAPS,
	    .child = &pet_schema,
	    .doc = "All of them" },
};

static const char small_example[] =
    "# Where it stands (required)\n"
    "street: High Street\n"
    "\n"
    "# How long the contract of lease runs if nobody says otherwise "
    "(a duration\n"
    "# from 24 h to 100 years; changed by reload)\n"
    "#lease: 1y\n"
    "\n"
    "# Of the door (one of white, red, blue)\n"
    "#color: red\n"
    "\n"
    "# The one at the door\n"
    "guard:\n"
    "  # What it is called (required)\n"
    "  name: Rex\n"
    "\n"
    "  # How many legs it has (a number from 0 to 1000; changed by reload)\n"
    "  #legs: 4\n"
    "\n"
    "# All of them\n"
    "pets:\n"
    "  # What it is called (required)\n"
    "  - name: Rex\n"
    "\n"
    "    # How many legs it has (a number from 0 to 1000; changed by "
    "reload)\n"
    "    #legs: 4\n";

static void
test_example(void **state)
{
	const struct schema schema = { "a house", sizeof(struct house),
		small_options,
		sizeof(small_options) / sizeof(small_options[0]) };
	struct buffer got = BUFFER_INIT;

	(void)state;
	schema_example(&schema, &got);
	assert_span_equal(buffer_span(&got), span_of(small_example));
	buffer_done(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_suggestions),
		cmocka_unit_test(test_example),
	};

	return cmocka_run_group_tests_name("text.schema", tests, NULL, NULL);
}
