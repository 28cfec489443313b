/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "kafka/rival.h"
#include "kafka/transaction.h"
#include "kafka/worker.h"

struct question {
	struct kafka_job job;
	struct kafka *kafka;
	char *group;
	bool has_rival;
};

static void
question_run(struct kafka_job *job)
{
	struct question *question = (struct question *)job;

	question->has_rival = kafka_transaction_is_fenced(
	    kafka_output_transaction(question->kafka->output));
}

static void
question_done(struct kafka_job *job)
{
	struct question *question = (struct question *)job;
	const char *instance = question->kafka->options.instance;
	int status = KAFKA_STATUS_TEMPORARY;
	struct error err = ERROR_NONE;

	if (question->has_rival) {
		status = KAFKA_STATUS_CONFIG;
		error_set(&err, NULL, KAFKA_RIVAL_TEXT, instance);
	} else {
		error_set(&err, NULL,
		    "the group \"%s\" has lost its member \"%s\": it must "
		    "start again",
		    question->group, instance);
	}
	kafka_fail(question->kafka, status, &err);
}

static void
question_free(struct kafka_job *job)
{
	struct question *question = (struct question *)job;

	mem_free(question->group);
	mem_free(question);
}

void
kafka_rival_report(struct kafka *kafka, const char *group)
{
	struct question *question;

	if (kafka->is_fenced)
		return;
	kafka->is_fenced = true;
	question = mem_zalloc(sizeof(*question));
	question->job = (struct kafka_job){ .what = "looking for a rival",
		.run = question_run,
		.done = question_done,
		.free = question_free };
	question->kafka = kafka;
	question->group = mem_strdup(group);
	kafka_worker_submit(kafka->worker, &question->job);
}
