/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated world over model/ports.h: one process, virtual time, one heap of
 * events, one seed.  Everything above the ports is the daemon's own code:
 * engine, pipeline and destination of one to three instances.  Below them
 *
 *	workload.c	producers of audit records, and the faults
 *	broker.c	input logs, committed offsets, transactions
 *	group.c		the consumer group: generations, static members
 *	consumer.c	struct port_source, as daemon/kafka/source.c behaves
 *	producer.c	struct port_output_calls
 *	delivery.c	struct port_alerts, the group of the destination
 *	link.c		struct port_frame, the receiver behind it
 *	oracle.c	what must be true, whenever it can be seen
 *
 * Every request is two events, arrival and answer, with drawn delays; a crash
 * drops the answers and leaves what has arrived.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/heap.h"
#include "deliver/destination.h"
#include "engine/pipeline.h"

#define SIM_S INT64_C(1000000)
#define SIM_MS INT64_C(1000)
#define SIM_BASE_US INT64_C(1772486400000000) /* virtual time 0 */
#define SIM_TOPIC "records.audit"
#define SIM_PARTITIONS 5
#define SIM_INSTANCES 3 /* the last one has the name of the first */
#define SIM_NAMES 2
#define SIM_SESSION_US (10 * SIM_S)
#define SIM_TRANSACTION_US (10 * SIM_S)
#define SIM_IDLE_US (60 * SIM_S)
#define SIM_USERS 4
#define SIM_TRACE 40
#define SIM_BATCH 8

struct world;
struct instance;

/* ---- Events ---- */

struct sim_event;
typedef void sim_run(struct world *world, struct sim_event *event);
struct sim_event {
	struct heap_node node;
	sim_run *run;
	const char *what;
	struct instance *instance; /* NULL: the world's */
	unsigned life;		   /* of the instance; dead ones do nothing */
	int64_t a, b;
	void *data; /* freed with the event unless taken */
};

/* Which faults a seed has. */
struct sim_faults {
	bool aborts, unknowns, lates, large;
	bool crashes, pauses, rivals, stops, reloads;
	bool two, comings; /* a second instance; that comes and goes */
	bool retention, jumps, growth;
	bool links, losses, switches;
	bool is_confirmed; /* the transport, no fault */
};

/* ---- Broker ---- */

enum entry_kind {
	ENTRY_MATCH,
	ENTRY_OTHER,
	ENTRY_UNREADABLE,
	ENTRY_MARKER, /* an offset without record, one at a time */
	ENTRY_MISSING /* several: a gap */
};

struct entry {
	enum entry_kind kind;
	char *bytes;
	int64_t event_us, broker_us;
	unsigned user;
	uint64_t id;			/* of its alert; 0: not known */
	unsigned alerts, rejects, gaps; /* committed about it */
};

struct partition {
	struct entry *log;
	size_t count, cap;
	int64_t start;	   /* oldest offset that retention left */
	int64_t committed; /* -1: nothing */
	char metadata[PORT_METADATA_MAX];
	unsigned pending; /* open transactions with an offset of it */
};

struct sim_alert {
	char *value;
	size_t len;
	uint64_t id; /* hash of the value */
	struct destination_place place;
	unsigned received; /* bit per frame */
};

struct transaction {
	struct transaction *next;
	struct instance *instance;
	unsigned life, name, generation;
	uint64_t epoch, number;
	int fate;
	bool is_open;
	struct port_output *outputs; /* copies */
	size_t output_count;
	struct port_offset *offsets; /* feed is the partition */
	size_t offset_count;
};

struct member {
	struct instance *instance; /* NULL: none of this name */
	unsigned life;
	bool has_joined; /* waits for the next generation */
	bool is_told;	 /* of the rebalance */
};

struct broker {
	struct partition partitions[SIM_PARTITIONS];
	size_t partition_count;
	struct sim_alert *alerts;
	size_t alert_count, alert_cap;
	uint64_t epochs[SIM_NAMES];
	struct transaction *open;
	size_t limit_bytes; /* largest output */
	struct member members[SIM_NAMES];
	unsigned generation, rebalance; /* rebalance counts them */
	bool is_rebalancing;
	uint32_t assigned[SIM_NAMES]; /* masks of the generation */
	/* The destination's group. */
	struct instance *sender;
	unsigned sender_life, sender_generation;
	int64_t sent_offset; /* committed; -1: nothing */
	char sent_metadata[PORT_METADATA_MAX];
};

/* ---- Instances ---- */

enum consumer_state {
	CONSUMER_WAITING,
	CONSUMER_FETCHING,
	CONSUMER_READING,
	CONSUMER_REVOKING,
	CONSUMER_CLOSED
};

struct lent {
	struct lent *next;
	struct port_batch port;
	struct record records[SIM_BATCH];
};

struct consumer {
	enum consumer_state state;
	bool is_wanted, is_revoke_told, is_revoke_done, is_rewind_wanted;
	bool is_new_generation, is_stepping, is_fetching, is_edges;
	bool must_revoke, must_assign; /* wait for a state that may */
	uint32_t next_mask, mask;
	unsigned next_generation, generation; /* the group's */
	uintptr_t assignment;		      /* counts; the fence */
	int64_t next[SIM_PARTITIONS], reread[SIM_PARTITIONS];
	int64_t active_us[SIM_PARTITIONS];
	bool is_at_end[SIM_PARTITIONS], is_idle[SIM_PARTITIONS];
	int64_t found[SIM_PARTITIONS]; /* committed, on its way up */
	char metadata[SIM_PARTITIONS][PORT_METADATA_MAX];
	struct lent *filling, *lent;
};

struct producer {
	uint64_t epoch; /* 0: none */
	bool is_busy;
	struct transaction *beginning; /* nothing of it has arrived */
};

struct sent {
	struct sent *next;
	uint64_t number;
	char text[160];
};

struct link {
	bool is_connected, is_stepping;
	unsigned connection;
	struct sent *buffer, **buffer_end; /* not left yet */
	struct sent *wire, **wire_end;	   /* left, not received */
	size_t buffered;
};

struct delivery {
	struct destination *destination;
	struct port_alerts alerts;
	struct port_frame frames;
	struct link link;
	bool is_started, is_reading;
	unsigned generation; /* of the group when it was started */
	int64_t position;
	int64_t told; /* the last position; the commit of it may be lost */
	size_t wanted;
	unsigned run; /* the scheduled one that counts */
};

struct instance {
	struct world *world;
	unsigned index, name, life;
	bool is_alive, is_ending, is_stopping;
	int64_t paused_until_us, paused_since_us;
	struct engine *engine;
	struct pipeline *pipeline;
	struct consumer consumer;
	struct producer producer;
	struct delivery delivery;
	unsigned rules; /* which of the sets */
};

struct world {
	uint64_t seed, random;
	int64_t now_us;
	struct heap heap;
	uint64_t sequence, steps;
	struct sim_faults faults;
	uint64_t fault_every; /* events, about */
	bool is_verbose;      /* prints its whole trace */
	bool is_calm;	      /* the faults have ended */
	bool is_trusted;      /* nothing lost windows: episodes are checked */
	bool has_failed;
	struct broker broker;
	struct instance instances[SIM_INSTANCES];
	struct mapping *mapping;
	size_t produced, to_produce;
	char trace[SIM_TRACE][160];
	uint64_t trace_count, trace_hash;
	char why[600];
};

/* ---- world.c: time, chance, trace ---- */

/* True if all is well; else the seed and its last events were printed. */
bool world_simulate(uint64_t seed, bool is_verbose, uint64_t *ret_trace);

uint64_t world_random(struct world *world, uint64_t below);
bool world_chance(struct world *world, unsigned percent);
/* Between two delays, short ones more often. */
int64_t world_delay(struct world *world, int64_t least, int64_t most);
struct sim_event *world_at(struct world *world, int64_t delay_us,
    const char *what, sim_run *run, struct instance *instance, int64_t a);
void world_trace(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The first one counts. */
void world_fail(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int64_t world_clock(void); /* of the world that runs: wall time */
uint64_t world_hash(struct span bytes);

/* ---- broker.c ---- */

void broker_open(struct broker *broker);
void broker_close(struct broker *broker);
struct entry *broker_append(struct partition *partition, enum entry_kind kind);
/* init_transactions: ends what the name has open. */
uint64_t broker_init_producer(struct world *world, unsigned name);
/* False if another has the epoch. */
bool broker_begin(struct world *world, struct transaction *transaction,
    enum port_outcome *ret_outcome);
void broker_end(struct world *world, struct transaction *transaction,
    bool commit);
struct transaction *broker_find(struct world *world, uint64_t number,
    unsigned name, uint64_t epoch);
void broker_free_transaction(struct transaction *transaction);

/* ---- group.c ---- */

void group_join(struct world *world, struct instance *instance);
/* The session of this life of a member has ended. */
void group_expire(struct world *world, struct instance *instance,
    unsigned life);
void group_rejoin(struct world *world, struct instance *instance);
void group_rebalance(struct world *world);
bool group_has(const struct broker *broker, const struct instance *instance,
    unsigned life);

/* ---- consumer.c, producer.c ---- */

struct port_source consumer_port(struct instance *instance);
void consumer_wake(struct instance *instance);
void consumer_wake_all(struct world *world);
void consumer_revoke(struct instance *instance); /* from the group */
void consumer_assign(struct instance *instance, uint32_t mask,
    unsigned generation);
void consumer_close(struct instance *instance);
uint32_t consumer_feed(const struct instance *instance, size_t partition);
size_t consumer_partition(const struct instance *instance, uint32_t feed);
struct port_output_calls producer_port(struct instance *instance);
void producer_crash(struct instance *instance);

/* ---- delivery.c, link.c ---- */

void delivery_open(struct instance *instance);
void delivery_close(struct instance *instance);
void delivery_run_soon(struct instance *instance);
void delivery_wake_all(struct world *world);
/* Another member of the group, if there is one, becomes the sender. */
void delivery_move(struct world *world);
unsigned delivery_frames_of(struct span record);
struct port_frame link_port(struct instance *instance);
void link_connect_soon(struct instance *instance);
void link_drop(struct instance *instance);
void link_crash(struct instance *instance);

/* ---- instance.c ---- */

void instance_start(struct world *world, struct instance *instance);
/* As by SIGKILL; comes again unless `for_good`. */
void instance_crash(struct instance *instance, bool for_good);
void instance_stop(struct instance *instance);
void instance_pause(struct instance *instance, int64_t for_us);
/* The group knows another of its name; it hears of that. */
void instance_fence(struct instance *instance);
void instance_reload(struct instance *instance);
struct instance *instance_of_name(struct world *world, unsigned name);

/* ---- workload.c, oracle.c ---- */

void workload_open(struct world *world);
void workload_maybe_fault(struct world *world); /* after each event */
void workload_calm(struct world *world);

void oracle_detected(struct world *world, const struct detection *detection);
void oracle_alert(struct world *world, struct span value);
void oracle_rejected(struct world *world, struct span value);
void oracle_offset(struct world *world, struct partition *partition,
    const struct port_offset *offset);
void oracle_received(struct world *world, const char *text);
bool oracle_is_drained(const struct world *world);
void oracle_fail_undrained(struct world *world);
void oracle_end(struct world *world);

#endif
