/*
 * test_agenda.c - what is handed out, and that nothing is ever forgotten.
 *
 * The agenda makes no system calls, so a whole run is played here, with
 * deaths, busy ranges and a server that loses what it had acknowledged.
 */
#include "importer/run/agenda.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RANGE 100

static struct arena run;
static struct import_setup set;

static int begin(void **state)
{
    struct err err;

    (void)state;
    set = (struct import_setup){
        .limit = UINT64_MAX, .shards = 1, .workers = 2, .range_bytes = RANGE};
    return arena_open(&run, (size_t)64 << 20, &err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_close(&run);
    return 0;
}

static struct tally lines(uint64_t n)
{
    struct tally t = {.bytes = n * 10, .lines = n, .rows = n};

    return t;
}

/* Answer the OPEN of a file with `size` bytes, all of them missing. */
static void answer_open(struct agenda *a, uint32_t file, uint64_t size)
{
    uint64_t count = (size + RANGE - 1) / RANGE;
    struct source source = {
        .id = 10 + file,
        .kind = SOURCE_FILE,
        .size = size,
        .length = size,
        .range_bytes = RANGE,
    };
    struct range first = {.source = source.id,
                          .end = size < RANGE ? size : RANGE};
    struct ledger_look look = {.n_missing = count, .missing_bytes = size};

    agenda_source(a, file, &source);
    if (count)
        assert_true(agenda_missing(a, file, &first, count));
    agenda_opened(a, file, &look);
}

static struct piece *next_piece(struct agenda *a)
{
    struct order order = {0};
    struct piece *piece;

    assert_int_equal(agenda_next(a, &order, &piece), AGENDA_ORDER);
    assert_non_null(piece);
    assert_int_equal(order.kind, ORDER_RANGE);
    return piece;
}

static uint32_t next_open(struct agenda *a)
{
    struct order order = {0};
    struct piece *piece;

    assert_int_equal(agenda_next(a, &order, &piece), AGENDA_ORDER);
    assert_null(piece);
    assert_int_equal(order.kind, ORDER_OPEN);
    return order.file;
}

static enum agenda_step step(struct agenda *a)
{
    struct order order = {0};
    struct piece *piece;

    return agenda_next(a, &order, &piece);
}

static void done(struct agenda *a, struct piece *p, uint64_t n)
{
    struct tally t = lines(n);
    struct range range = p->range;

    agenda_done(a, p, &range, &t);
}

static struct agenda *agenda_of(size_t files)
{
    static struct agenda a;

    assert_true(agenda_init(&a, &set, files, &run));
    for (size_t i = 0; i < files; i++)
        assert_true(agenda_add(&a, "file", false, 250));
    return &a;
}

static void every_range_once(void **state)
{
    struct agenda *a = agenda_of(2);

    (void)state;
    assert_int_equal(a->total_bytes, 500);
    assert_int_equal(next_open(a), 0);
    assert_int_equal(next_open(a), 1);
    assert_int_equal(step(a), AGENDA_WAIT);
    answer_open(a, 1, 90); /* the second file answers first */
    assert_int_equal(next_piece(a)->range.end, 90);
    assert_int_equal(step(a), AGENDA_WAIT);
    answer_open(a, 0, 250);
    for (uint64_t n = 0; n < 3; n++) {
        struct piece *p = next_piece(a);

        assert_int_equal(p->range.n, n);
        assert_int_equal(p->range.begin, n * RANGE);
        assert_int_equal(p->range.end, n < 2 ? (n + 1) * RANGE : 250);
        done(a, p, 5);
    }
    assert_int_equal(step(a), AGENDA_WAIT); /* 90 bytes are out */
    assert_int_equal(a->committed.lines, 15);
}

static void the_dead_come_again_and_give_up(void **state)
{
    struct agenda *a = agenda_of(1);
    struct piece *p;

    (void)state;
    answer_open(a, next_open(a), 90);
    for (int deaths = 1; deaths < DEATHS_MAX; deaths++) {
        p = next_piece(a);
        assert_true(agenda_died(a, p));
    }
    p = next_piece(a);
    assert_false(agenda_died(a, p));
}

static void a_killer_is_suspect(void **state)
{
    struct agenda *a = agenda_of(1);
    struct order order = {0};
    struct piece *p;

    (void)state;
    answer_open(a, next_open(a), 90);
    for (int deaths = 0; deaths < DEATHS_SUSPECT; deaths++) {
        assert_int_equal(agenda_next(a, &order, &p), AGENDA_ORDER);
        assert_false(order.suspect);
        assert_true(agenda_died(a, p));
    }
    assert_int_equal(agenda_next(a, &order, &p), AGENDA_ORDER);
    assert_true(order.suspect);
}

static void busy_elsewhere_is_asked_again(void **state)
{
    struct agenda *a = agenda_of(1);
    struct piece *p;

    (void)state;
    answer_open(a, next_open(a), 90);
    p = next_piece(a);
    agenda_elsewhere(a, p);
    assert_int_equal(step(a), AGENDA_LATER);
    assert_int_equal(agenda_busy(a), 1);
    agenda_retry(a);
    assert_int_equal(agenda_busy(a), 0);
    p = next_piece(a);
    agenda_whole(a, p);
    assert_int_equal(step(a), AGENDA_EMPTY);
    assert_int_equal(a->todos[0].report.already_bytes, 90);
}

static void lost_ranges_are_counted_once(void **state)
{
    struct agenda *a = agenda_of(1);
    struct range lost = {.n = 1, .begin = 100, .end = 200};
    struct range elsewhere = {.n = 5, .begin = 500, .end = 600};

    (void)state;
    answer_open(a, next_open(a), 250);
    for (int i = 0; i < 3; i++)
        done(a, next_piece(a), 5);
    assert_int_equal(step(a), AGENDA_EMPTY);
    assert_false(agenda_lost(a, 0, &elsewhere, 3));
    assert_true(agenda_lost(a, 0, &lost, 2)); /* ranges 1 and 2 */
    assert_false(agenda_lost(a, 0, &lost, 2));
    assert_int_equal(a->committed.lines, 5);
    done(a, next_piece(a), 5);
    done(a, next_piece(a), 5);
    assert_int_equal(step(a), AGENDA_EMPTY);
    assert_int_equal(a->committed.lines, 15);
    assert_int_equal(a->todos[0].report.tally.lines, 15);
}

static void a_refused_file_holds_nobody_up(void **state)
{
    struct agenda *a = agenda_of(2);
    struct piece *p;

    (void)state;
    agenda_refused(a, next_open(a), "CSV");
    answer_open(a, next_open(a), 250);
    p = next_piece(a);
    agenda_drop(a, p);
    agenda_refused(a, 1, "read error");
    assert_int_equal(step(a), AGENDA_EMPTY);
    assert_string_equal(a->todos[0].report.error, "CSV");
    assert_string_equal(a->todos[1].report.error, "read error");
}

static void an_opener_that_dies_is_replaced(void **state)
{
    struct agenda *a = agenda_of(2);

    (void)state;
    assert_int_equal(next_open(a), 0);
    assert_int_equal(next_open(a), 1);
    answer_open(a, 1, 0);
    assert_true(agenda_open_died(a, 0));
    assert_int_equal(next_open(a), 0);
    answer_open(a, 0, 0);
    assert_int_equal(step(a), AGENDA_EMPTY);
}

static void a_limit_is_one_order_at_a_time(void **state)
{
    struct agenda *a;
    struct order order = {0};
    struct piece *p;

    (void)state;
    set.limit = 8;
    a = agenda_of(2);
    assert_int_equal(next_open(a), 0);
    assert_int_equal(step(a), AGENDA_WAIT);
    answer_open(a, 0, 250);
    assert_int_equal(agenda_next(a, &order, &p), AGENDA_ORDER);
    assert_int_equal(order.limit, 8);
    assert_int_equal(step(a), AGENDA_WAIT);
    done(a, p, 5);
    assert_int_equal(agenda_next(a, &order, &p), AGENDA_ORDER);
    assert_int_equal(order.limit, 3);
    done(a, p, 3);
    assert_int_equal(step(a), AGENDA_EMPTY);
}

static void shards_are_a_partition(void **state)
{
    struct source source = {.kind = SOURCE_FILE};

    (void)state;
    for (uint64_t shards = 1; shards < 9; shards++) {
        for (unsigned salt = 0; salt < 256; salt += 5) {
            memset(source.fingerprint.bytes, (int)salt, HASH_BYTES);
            for (uint64_t n = 0; n < 20; n++) {
                int owners = 0;

                set.shards = shards;
                for (set.shard = 0; set.shard < shards; set.shard++)
                    owners += agenda_ours(&set, &source, n);
                assert_int_equal(owners, 1);
            }
        }
    }
    set.shards = 1;
    set.shard = 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_range_once),
        CASE(the_dead_come_again_and_give_up),
        CASE(a_killer_is_suspect),
        CASE(busy_elsewhere_is_asked_again),
        CASE(lost_ranges_are_counted_once),
        CASE(a_refused_file_holds_nobody_up),
        CASE(an_opener_that_dies_is_replaced),
        CASE(a_limit_is_one_order_at_a_time),
        CASE(shards_are_a_partition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
