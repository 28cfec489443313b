/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/testing.h"

#include "base/table.h"

#define KEYS 4000
#define STEPS 100000

/* The model: value[i] is what the table should hold for key i, or NULL. */
struct model {
	char keys[KEYS][64];
	size_t lens[KEYS];
	void *values[KEYS];
	size_t count;
};

/* Lengths on both sides of what an entry holds itself. */
static void
model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
	for (size_t i = 0; i < KEYS; i++) {
		model->lens[i] = 2 + i % 40;
		memset(model->keys[i], (int)(i % 7), 64);
		model->keys[i][0] = (char)(i & 0xff);
		model->keys[i][1] = (char)(i >> 8);
	}
}

static struct span
model_key(const struct model *model, size_t i)
{
	return span_make(model->keys[i], model->lens[i]);
}

static void
check_all(const struct table *table, const struct model *model)
{
	uint64_t cursor = 0;
	struct span key;
	size_t seen = 0, i;
	void *value;

	assert_int_equal(table_count(table), model->count);
	for (i = 0; i < KEYS; i++)
		assert_ptr_equal(table_find(table, model_key(model, i)),
		    model->values[i]);
	while (table_next(table, &cursor, &key, &value)) {
		i = (unsigned char)key.ptr[0] |
		    (size_t)(unsigned char)key.ptr[1] << 8;
		assert_span_equal(key, model_key(model, i));
		assert_ptr_equal(value, model->values[i]);
		seen++;
	}
	assert_int_equal(seen, model->count);
}

static void
test_against_model(void **state)
{
	static struct model model;
	struct table *table = table_new();
	unsigned short seed[3] = { 3, 1, 4 };
	void *value;
	size_t i;

	(void)state;
	model_init(&model);
	for (size_t step = 1; step <= STEPS; step++) {
		i = (size_t)nrand48(seed) % KEYS;
		value = &model.keys[(size_t)nrand48(seed) % KEYS];

		/* More is added in one half of the time, taken in the other. */
		if (nrand48(seed) % 100 < (step / 10000 % 2 == 0 ? 70 : 25)) {
			table_set(table, model_key(&model, i), value);
			model.count += model.values[i] == NULL;
			model.values[i] = value;
		} else {
			assert_ptr_equal(table_take(table,
					     model_key(&model, i)),
			    model.values[i]);
			model.count -= model.values[i] != NULL;
			model.values[i] = NULL;
		}
		if (step % 5000 == 0)
			check_all(table, &model);
	}
	table_free(table);
}

static void
test_taking_while_iterating(void **state)
{
	static struct model model;
	struct table *table = table_new();
	uint64_t cursor = 0;
	size_t seen = 0;
	struct span key;
	void *value;

	(void)state;
	model_init(&model);
	for (size_t i = 0; i < KEYS; i++)
		table_set(table, model_key(&model, i), &model.keys[i]);
	while (table_next(table, &cursor, &key, &value)) {
		assert_ptr_equal(table_take(table, key), value);
		seen++;
	}
	assert_int_equal(seen, KEYS);
	assert_int_equal(table_count(table), 0);
	cursor = 0;
	assert_false(table_next(table, &cursor, &key, &value));
	table_free(table);
}

static void
test_odd_keys(void **state)
{
	struct table *table = table_new();
	char long_key[5000] = { 1 };
	int one, two, three;

	(void)state;
	assert_null(table_find(table, SPAN_NONE));
	assert_null(table_take(table, SPAN("absent")));
	table_set(table, SPAN_NONE, &one);
	table_set(table, SPAN("\0"), &two);
	table_set(table, span_make(long_key, sizeof(long_key)), &three);
	long_key[4999] = 1;
	assert_ptr_equal(table_find(table, SPAN("")), &one);
	assert_ptr_equal(table_find(table, SPAN("\0")), &two);
	assert_null(table_find(table, span_make(long_key, sizeof(long_key))));
	long_key[4999] = 0;
	assert_ptr_equal(table_find(table,
			     span_make(long_key, sizeof(long_key))),
	    &three);
	table_free(table);
	table_free(NULL);
}

/* Memory of what was taken is used again: a table does not creep. */
static void
test_bytes(void **state)
{
	struct table *table = table_new();
	size_t full = 0;
	char key[32];
	int len, value;

	(void)state;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 10000; i++) {
			len = snprintf(key, sizeof(key), "%d.%026d", round, i);
			table_set(table, span_make(key, (size_t)len), &value);
		}
		if (round == 0)
			full = table_bytes(table);

		/* 28 bytes of key, 32 of entry and 8 of slot at least. */
		assert_true(table_bytes(table) >= 10000u * (28 + 32 + 8));
		assert_true(table_bytes(table) < 2 * full);
		for (int i = 0; i < 10000; i++) {
			len = snprintf(key, sizeof(key), "%d.%026d", round, i);
			assert_ptr_equal(table_take(table,
					     span_make(key, (size_t)len)),
			    &value);
		}
	}
	table_free(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_taking_while_iterating),
		cmocka_unit_test(test_odd_keys),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests_name("base_table", tests, NULL, NULL);
}
