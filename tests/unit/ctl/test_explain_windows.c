/* SPDX-License-Identifier: Apache-2.0 */
/* Correlations: the last event's trees, and windows counted by hand. */
#include "unit/ctl/explaining.h"

#include "base/buffer.h"

#define SEARCHES                                                               \
	"title: Searches\nname: searches\nlevel: low\n"                        \
	"logsource: {product: x}\n"                                            \
	"detection:\n"                                                         \
	"  selection: {event.action: search}\n"                                \
	"  filter_case:\n"                                                     \
	"    case.id|re: ^[A-Z]{3}/\\d+$\n"                                    \
	"  condition: selection and not filter_case\n"                         \
	"---\n"
#define BURST(condition)                                                       \
	SEARCHES                                                               \
	"title: A burst\nname: lookups.burst\nlevel: medium\n"                 \
	"correlation:\n"                                                       \
	"  type: event_count\n  rules: [searches]\n  group-by: [user.id]\n"    \
	"  timespan: 10m\n  condition: {" condition "}\n"
#define SEARCH(time, user)                                                     \
	"{\"@timestamp\":\"2026-03-02T" time                                   \
	"Z\",\"event.action\":\"search\",\"user.id\":\"" user "\"}\n"
#define VIEW(time, user, subject)                                              \
	"{\"@timestamp\":\"2026-03-" time                                      \
	"Z\",\"event.action\":\"view\",\"user.id\":\"" user                    \
	"\",\"subject.id\":\"" subject "\"}\n"

#define SUBJECTS(condition)                                                    \
	"title: Views\nname: views\nlevel: low\nlogsource: {product: x}\n"     \
	"detection:\n  sel: {event.action: view}\n  condition: sel\n"          \
	"---\n"                                                                \
	"title: Subjects\nname: subjects\nlevel: medium\n"                     \
	"correlation:\n"                                                       \
	"  type: value_count\n  rules: [views]\n  group-by: [user.id]\n"       \
	"  timespan: 1h\n"                                                     \
	"  condition: {field: subject.id, " condition "}\n"

/* The example of the design, to the letter but for the two lines that it
 * indents as if the filter were part of the selection. */
static void
test_example(void **state)
{
	struct explaining given = {
		.name = "the example",
		.rule = "lookups.burst",
		.rules = BURST("gte: 40"),
		.want = "lookups.burst: no alert (selection matched, threshold "
			"not reached)\n"
			"  PASS selection\n"
			"    PASS event.action = \"search\"\n"
			"  FAIL not filter_case\n"
			"    PASS case.id matches ^[A-Z]{3}/\\d+$      actual "
			"\"CRN/4471\"     <- filtered here\n"
			"  window 10m by user.id=P10442: 12 of 40, oldest "
			"22:03:11, empties 22:13:11\n",
	};
	struct buffer events = BUFFER_INIT;

	(void)state;
	for (int i = 0; i < 12; i++)
		buffer_add_string(&events, SEARCH("22:03:11", "P10442"));
	buffer_add_string(&events,
	    "{\"@timestamp\":\"2026-03-02T22:04:00Z\",\"event.action\":"
	    "\"search\",\"user.id\":\"P10442\",\"case.id\":\"CRN/4471\"}\n");
	given.events = buffer_string(&events);
	explaining_check(&given);
	buffer_done(&events);
}

static const struct explaining cases[] = {
	{ .name = "one event fills a window by one",
	    .rule = "lookups.burst",
	    .rules = BURST("gte: 3"),
	    .events = SEARCH("10:00:00", "P1"),
	    .want = "lookups.burst: no alert (selection matched, threshold not "
		    "reached)\n"
		    "  PASS selection\n    PASS event.action = \"search\"\n"
		    "  PASS not filter_case\n"
		    "    FAIL case.id matches ^[A-Z]{3}/\\d+$      "
		    "actual missing\n"
		    "  the event has no case.id\n"
		    "  window 10m by user.id=P1: 1 of 3, oldest 10:00:00, "
		    "empties 10:10:00\n" },
	/* At 10:10:00 the hit of 10:00:00 still counts, that of 9:59:59 does
	 * not; at 10:30 the window of P2 (10:01:30) has been empty for long. */
	{ .name = "both ends count, groups by their last hit",
	    .rule = "lookups.burst",
	    .rules = BURST("gt: 3"),
	    .events = SEARCH("09:59:59", "P1") SEARCH("10:00:00", "P1")
		SEARCH("10:01:30", "P2") SEARCH("10:10:00",
		    "P1") "{\"@timestamp\":\"2026-03-02T10:15:00Z\","
			  "\"event.action\":\"view\"}\n",
	    .want = "lookups.burst: no alert (selection did not match, "
		    "threshold not reached)\n"
		    "  FAIL selection\n"
		    "    FAIL event.action = \"search\"      actual \"view\""
		    "     <- filtered here\n"
		    "  PASS not filter_case\n"
		    "    FAIL case.id matches ^[A-Z]{3}/\\d+$      "
		    "actual missing\n"
		    "  the event has no case.id\n  the event has no user.id\n"
		    "  window 10m by user.id=P1: 2, needed > 3, oldest "
		    "10:00:00, newest 10:10:00, empties 10:20:00\n"
		    "  window 10m by user.id=P2: 1, needed > 3, oldest "
		    "10:01:30, emptied 10:11:30\n" },
	{ .name = "an event without its group is not counted",
	    .rule = "lookups.burst",
	    .rules = BURST("gte: 2"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"event.action\":\"search\",\"user_id\":\"P1\","
		      "\"case.id\":\"\"}\n",
	    .want = "lookups.burst: no alert (selection matched, threshold not "
		    "reached)\n"
		    "  PASS selection\n    PASS event.action = \"search\"\n"
		    "  PASS not filter_case\n"
		    "    FAIL case.id matches ^[A-Z]{3}/\\d+$      "
		    "actual \"\"\n"
		    "  the event has no user.id, did you mean `user_id`?\n"
		    "  window 10m: empty\n"
		    "  1 not counted: without a group-by or counted field\n" },
	{ .name = "distinct values, a range, over midnight",
	    .rule = "subjects",
	    .rules = SUBJECTS("gte: 2, lt: 3"),
	    .events = VIEW("02T23:40:00", "P1", "s1")
		VIEW("02T23:50:00", "P1", "s2") VIEW("03T00:10:00", "P1", "s1"),
	    .want_fires = true,
	    .want =
		"subjects: alert (sel matched, condition met)\n"
		"  PASS sel\n    PASS event.action = \"view\"\n"
		"  window 1h by user.id=P1: 2, needed >= 2 and < 3, oldest "
		"2026-03-02 23:40:00, newest 00:10:00, empties 01:10:00\n" },
	{ .name = "reached, although the last event is another's",
	    .rule = "subjects",
	    .rules = SUBJECTS("gte: 2"),
	    .events = VIEW("02T10:00:00", "P1", "s1")
		VIEW("02T10:05:00", "P1", "s2") VIEW("02T10:06:00", "P2", "s1"),
	    .want_fires = true,
	    .want = "subjects: alert (sel matched, threshold reached)\n"
		    "  PASS sel\n    PASS event.action = \"view\"\n"
		    "  window 1h by user.id=P2: 1 of 2, oldest 10:06:00, "
		    "empties 11:06:00\n"
		    "  window 1h by user.id=P1: 2 of 2, oldest kept 10:00:00, "
		    "newest 10:05:00, empties 11:05:00\n" },
	{ .name = "the last event's group comes first",
	    .rule = "lookups.burst",
	    .rules = BURST("gte: 3"),
	    .events = SEARCH("10:00:00", "P1") SEARCH("10:00:30",
		"P2") "{\"@timestamp\":\"2026-03-02T10:01:00Z\","
		      "\"event.action\":\"search\",\"user.id\":\"P1\","
		      "\"case.id\":\"ABC/1\"}\n",
	    .want = "lookups.burst: no alert (selection matched, threshold not "
		    "reached)\n"
		    "  PASS selection\n    PASS event.action = \"search\"\n"
		    "  FAIL not filter_case\n"
		    "    PASS case.id matches ^[A-Z]{3}/\\d+$      "
		    "actual \"ABC/1\"     <- filtered here\n"
		    "  window 10m by user.id=P1: 1 of 3, oldest 10:00:00, "
		    "empties 10:10:00\n"
		    "  window 10m by user.id=P2: 1 of 3, oldest 10:00:30, "
		    "empties 10:10:30\n" },
	{ .name = "every event, if asked",
	    .rule = "subjects",
	    .rules = SUBJECTS("gte: 3"),
	    .events = VIEW("02T10:00:00", "P1", "s1") "{}\n",
	    .is_all = true,
	    .want = "subjects: no alert (sel did not match, threshold not "
		    "reached)\n"
		    "  event 1, 2026-03-02T10:00:00.000Z: match (sel "
		    "matched)\n"
		    "    PASS sel\n      PASS event.action = \"view\"\n"
		    "  event 2, 2026-03-02T10:00:00.000Z: no match (sel did "
		    "not match)\n"
		    "    FAIL sel\n"
		    "      FAIL event.action = \"view\"      actual missing"
		    "     <- filtered here\n"
		    "    the event has no event.action\n"
		    "    the event has no user.id\n"
		    "    the event has no subject.id\n"
		    "    note: the record told no time, so its predecessor's "
		    "or the broker's was taken\n"
		    "  window 1h by user.id=P1: 1 of 3, oldest 10:00:00, "
		    "empties 11:00:00\n" },
	{ .name = "several base rules are named",
	    .rule = "both",
	    .rules = "title: Views\nname: views\nlevel: low\n"
		     "logsource: {product: x}\n"
		     "detection:\n  sel: {a: view}\n  condition: sel\n"
		     "---\n"
		     "title: Prints\nname: prints\nlevel: low\n"
		     "logsource: {product: z}\n"
		     "detection:\n  sel: {a: print}\n  condition: sel\n"
		     "---\n"
		     "title: Both\nname: both\nlevel: medium\n"
		     "correlation:\n  type: event_count\n"
		     "  rules: [views, prints]\n  timespan: 1d\n"
		     "  condition: {gte: 2}\n",
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":\"view\"}\n",
	    .product = "x",
	    .want = "both: no alert (sel matched, threshold not reached)\n"
		    "  PASS rule views\n"
		    "    PASS sel\n      PASS a = \"view\"\n"
		    "  FAIL rule prints\n"
		    "    FAIL logsource product=z      actual product=x"
		    "     <- filtered here\n"
		    "    FAIL sel\n"
		    "      FAIL a = \"print\"      actual \"view\"\n"
		    "  window 1d: 1 of 2, oldest 10:00:00, empties "
		    "2026-03-03 10:00:00\n" },
	{ .name = "no event at all",
	    .rule = "lookups.burst",
	    .rules = BURST("gte: 2"),
	    .events = "\n",
	    .want = "lookups.burst: no alert (threshold not reached)\n"
		    "  window 10m: empty\n" },
};

static void
test_windows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		explaining_check(&cases[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_windows),
	};

	return cmocka_run_group_tests_name("ctl.explain_windows", tests,
	    explaining_setup, explaining_teardown);
}
