/* agenda.c - see agenda.h. */
#include "importer/run/agenda.h"

#include <stdio.h>
#include <string.h>

static void list_init(struct piece_list *l)
{
    l->head = NULL;
    l->tail = &l->head;
}

static void list_push(struct piece_list *l, struct piece *p)
{
    p->next = NULL;
    *l->tail = p;
    l->tail = &p->next;
}

static struct piece *list_pop(struct piece_list *l)
{
    struct piece *p = l->head;

    if (!p)
        return NULL;
    l->head = p->next;
    if (!l->head)
        l->tail = &l->head;
    p->next = NULL;
    return p;
}

/* Take out the piece behind *link, which may be the last one. */
static struct piece *list_cut(struct piece_list *l, struct piece **link)
{
    struct piece *p = *link;

    *link = p->next;
    if (l->tail == &p->next)
        l->tail = link;
    p->next = NULL;
    return p;
}

bool agenda_init(struct agenda *a, const struct import_setup *set, size_t room,
                 struct arena *run)
{
    *a = (struct agenda){
        .set = set,
        .run = run,
        /* Not cleared: a million of them would be paid for at once. */
        .todos =
            arena_room(run, room, sizeof(struct todo), _Alignof(struct todo)),
        .room = room,
        .lines_left = set->limit,
    };
    list_init(&a->again);
    list_init(&a->later);
    list_init(&a->spare);
    return a->todos != NULL;
}

bool agenda_add(struct agenda *a, const char *path, bool pipe, uint64_t size)
{
    struct slice name = arena_copy(a->run, slice_of(path, strlen(path) + 1));
    struct todo *t;

    if (a->count == a->room || !name.ptr)
        return false;
    t = &a->todos[a->count++];
    *t = (struct todo){
        .report = {.path = name.ptr},
        .pipe = pipe,
        .size = size,
    };
    t->spans_tail = &t->spans;
    list_init(&t->done);
    a->total_bytes += size;
    a->unmeasured |= pipe;
    return true;
}

/* Ranges of small files must not all fall to shard 0, hence the fingerprint,
 * which every process sees alike; packed files cannot be divided. */
bool agenda_ours(const struct import_setup *set, const struct source *source,
                 uint64_t n)
{
    uint64_t salt = 0;

    if (set->shards <= 1)
        return true;
    for (size_t i = 0; i < 8; i++)
        salt = salt << 8 | source->fingerprint.bytes[i];
    if (source->kind != SOURCE_FILE)
        n = 0;
    return (salt % set->shards + n % set->shards) % set->shards == set->shard;
}

/* --- handing out ---------------------------------------------------------*/

/* NULL: the arena is full. */
static struct piece *new_piece(struct agenda *a, uint32_t file)
{
    struct piece *p = list_pop(&a->spare);

    if (!p)
        p = arena_new(a->run, 1, struct piece);
    if (p)
        *p = (struct piece){.file = file};
    return p;
}

/* The next range of the file's spans, false when there is none. */
static bool pop_range(struct todo *t, struct range *out)
{
    struct span *s = t->spans;
    uint64_t bytes = t->source.range_bytes;

    if (!s)
        return false;
    *out = s->first;
    if (s->count == 1) {
        t->spans = s->next;
        if (!t->spans)
            t->spans_tail = &t->spans;
        return true;
    }
    s->count--;
    s->first.n++;
    s->first.begin = s->first.n * bytes;
    s->first.hash_from = s->first.begin;
    s->first.end = s->first.begin + bytes;
    if (s->first.end > t->source.length)
        s->first.end = t->source.length;
    return true;
}

/* Past --limit, or when --limit is at work elsewhere, nothing goes out. */
static bool limited(const struct agenda *a)
{
    return a->lines_left == 0 || (a->lines_left != UINT64_MAX && a->out > 0);
}

/* A piece of this file, if it is open and has ranges of ours left. */
static struct piece *pop_of(struct agenda *a, uint32_t file)
{
    struct todo *t = &a->todos[file];
    struct range range;

    while (t->state == TODO_OPEN && t->spans) {
        struct piece *p = new_piece(a, file);

        if (!p) {
            a->full = true;
            return NULL;
        }
        DEMAND(pop_range(t, &range));
        if (agenda_ours(a->set, &t->source, range.n)) {
            p->range = range;
            p->stream = t->pipe || t->source.kind != SOURCE_FILE;
            return p;
        }
        list_push(&a->spare, p);
    }
    return NULL;
}

static struct piece *pop_piece(struct agenda *a)
{
    struct piece *p = list_pop(&a->again);

    for (size_t i = a->next_span; !p && i < a->opened_to; i++) {
        enum todo_state state = a->todos[i].state;

        p = pop_of(a, (uint32_t)i);
        if (!p && i == a->next_span &&
            (state == TODO_OPEN || state == TODO_REFUSED))
            a->next_span++;
    }
    return p;
}

static void order_piece(const struct agenda *a, const struct piece *p,
                        struct order *out)
{
    const struct todo *t = &a->todos[p->file];

    out->kind = p->stream ? ORDER_STREAM : ORDER_RANGE;
    out->file = p->file;
    out->suspect = p->deaths >= DEATHS_SUSPECT;
    out->limit = a->lines_left;
    out->range = p->range;
    out->doubt = p->doubt;
    out->source = t->source;
    snprintf(out->u.path, sizeof(out->u.path), "%s", t->report.path);
}

enum agenda_step agenda_next(struct agenda *a, struct order *out,
                             struct piece **piece)
{
    struct piece *p;

    *piece = NULL;
    if (limited(a))
        return a->out ? AGENDA_WAIT : AGENDA_EMPTY;
    p = pop_piece(a);
    if (p) {
        order_piece(a, p, out);
        a->out++;
        *piece = p;
        return AGENDA_ORDER;
    }
    while (a->next_open < a->count &&
           a->todos[a->next_open].state != TODO_WAITING)
        a->next_open++;
    if (a->next_open < a->count && !a->full) {
        struct todo *t = &a->todos[a->next_open];

        out->kind = ORDER_OPEN;
        out->file = (uint32_t)a->next_open++;
        if (a->opened_to < a->next_open)
            a->opened_to = a->next_open;
        snprintf(out->u.path, sizeof(out->u.path), "%s", t->report.path);
        t->state = TODO_OPENING;
        t->report.touched = true;
        a->out++;
        return AGENDA_ORDER;
    }
    if (a->out)
        return AGENDA_WAIT;
    return a->later.head ? AGENDA_LATER : AGENDA_EMPTY;
}

void agenda_retry(struct agenda *a)
{
    struct piece *p;

    while ((p = list_pop(&a->later)))
        list_push(&a->again, p);
}

uint64_t agenda_busy(const struct agenda *a)
{
    uint64_t n = 0;

    for (const struct piece *p = a->later.head; p; p = p->next)
        n++;
    return n;
}

/* --- what came back of a file --------------------------------------------*/

void agenda_source(struct agenda *a, uint32_t file, const struct source *source)
{
    struct todo *t = &a->todos[file];

    t->source = *source;
    t->spans = NULL;
    t->spans_tail = &t->spans;
}

bool agenda_missing(struct agenda *a, uint32_t file, const struct range *first,
                    uint64_t count)
{
    struct todo *t = &a->todos[file];
    struct span *s = arena_new(a->run, 1, struct span);

    DEMAND(count > 0);
    if (!s)
        return false;
    *s = (struct span){.first = *first, .count = count};
    *t->spans_tail = s;
    t->spans_tail = &s->next;
    return true;
}

void agenda_opened(struct agenda *a, uint32_t file,
                   const struct ledger_look *look)
{
    struct todo *t = &a->todos[file];

    DEMAND(t->state == TODO_OPENING && a->out > 0);
    a->out--;
    t->state = TODO_OPEN;
    t->report.already_lines += look->already.lines;
    t->report.already_bytes += look->already.bytes;
    a->total_bytes -= t->size;
    if (t->source.kind == SOURCE_FILE && !t->pipe)
        a->total_bytes += look->missing_bytes;
    else
        a->unmeasured = true;
    if (!a->set->dry_run)
        return;
    t->report.new_ranges = look->n_missing;
    if (t->source.kind == SOURCE_FILE && t->source.range_bytes)
        t->report.known_ranges =
            (t->source.length + t->source.range_bytes - 1) /
                t->source.range_bytes -
            look->n_missing;
    t->spans = NULL;
    t->spans_tail = &t->spans;
}

static uint64_t span_bytes(const struct todo *t, const struct span *s)
{
    uint64_t end;

    if (t->source.kind != SOURCE_FILE)
        return 0;
    end = (s->first.n + s->count) * t->source.range_bytes;
    end = end < t->source.length ? end : t->source.length;
    return end > s->first.begin ? end - s->first.begin : 0;
}

const struct todo *agenda_twin(const struct agenda *a, uint32_t file)
{
    const struct source *mine = &a->todos[file].source;

    /* Only a source that was known under another name can be one. */
    if (!mine->id || !mine->renamed_from[0])
        return NULL;
    for (size_t i = 0; i < a->opened_to; i++) {
        const struct todo *t = &a->todos[i];

        if (i != file && t->state == TODO_OPEN && t->source.id == mine->id &&
            !t->twin)
            return t;
    }
    return NULL;
}

void agenda_same(struct agenda *a, uint32_t file)
{
    struct todo *t = &a->todos[file];

    for (const struct span *s = t->spans; s; s = s->next)
        a->total_bytes -= span_bytes(t, s);
    t->twin = true;
    t->spans = NULL;
    t->spans_tail = &t->spans;
}

void agenda_refused(struct agenda *a, uint32_t file, const char *words)
{
    struct todo *t = &a->todos[file];
    struct slice copy = arena_copy(a->run, slice_of(words, strlen(words) + 1));

    if (t->state == TODO_OPENING) {
        DEMAND(a->out > 0);
        a->out--;
        a->total_bytes -= t->size;
    }
    t->state = TODO_REFUSED;
    t->spans = NULL;
    t->spans_tail = &t->spans;
    if (!t->report.error)
        t->report.error = copy.ptr ? copy.ptr : "failed";
}

void agenda_unopened(struct agenda *a, uint32_t file)
{
    struct todo *t = &a->todos[file];

    DEMAND(t->state == TODO_OPENING && a->out > 0);
    a->out--;
    t->state = TODO_WAITING;
    /* Files behind it may be open already: agenda_next() passes over them. */
    if (a->next_open > file)
        a->next_open = file;
}

bool agenda_open_died(struct agenda *a, uint32_t file)
{
    agenda_unopened(a, file);
    return ++a->todos[file].deaths < DEATHS_MAX;
}

/* --- what came back of a piece -------------------------------------------*/

static void count_in(struct agenda *a, uint32_t file, const struct tally *tally)
{
    tally_merge(&a->todos[file].report.tally, tally);
    tally_merge(&a->committed, tally);
    if (a->lines_left != UINT64_MAX)
        a->lines_left -=
            tally->lines < a->lines_left ? tally->lines : a->lines_left;
}

static void came_back(struct agenda *a)
{
    DEMAND(a->out > 0);
    a->out--;
}

void agenda_done(struct agenda *a, struct piece *piece,
                 const struct range *range, const struct tally *tally)
{
    came_back(a);
    count_in(a, piece->file, tally);
    piece->range = *range;
    piece->doubt.open = false;
    tally_merge(&piece->tally, tally);
    list_push(&a->todos[piece->file].done, piece);
}

void agenda_part(struct agenda *a, struct piece *piece,
                 const struct tally *tally)
{
    count_in(a, piece->file, tally);
    piece->doubt.open = false;
    tally_merge(&piece->tally, tally);
}

void agenda_touch(struct agenda *a, uint32_t file, int64_t source)
{
    struct touched *t = a->touched;

    if (a->todos[file].source.id == source || (t && t->source == source))
        return;
    t = arena_new(a->run, 1, struct touched);
    if (!t) {
        a->full = true;
        return;
    }
    *t = (struct touched){a->touched, source};
    a->touched = t;
}

void agenda_known(struct agenda *a, uint32_t file, uint64_t bytes,
                  uint64_t lines)
{
    a->todos[file].report.already_bytes += bytes;
    a->todos[file].report.already_lines += lines;
}

void agenda_whole(struct agenda *a, struct piece *piece)
{
    came_back(a);
    agenda_known(a, piece->file, piece->range.end - piece->range.begin, 0);
    list_push(&a->spare, piece);
}

void agenda_elsewhere(struct agenda *a, struct piece *piece)
{
    came_back(a);
    list_push(&a->later, piece);
}

void agenda_return(struct agenda *a, struct piece *piece)
{
    came_back(a);
    list_push(&a->again, piece);
}

void agenda_drop(struct agenda *a, struct piece *piece)
{
    came_back(a);
    list_push(&a->spare, piece);
}

bool agenda_died(struct agenda *a, struct piece *piece)
{
    piece->deaths++;
    agenda_return(a, piece);
    return piece->deaths < DEATHS_MAX;
}

bool agenda_lost(struct agenda *a, uint32_t file, const struct range *first,
                 uint64_t count)
{
    struct todo *t = &a->todos[file];
    struct piece **link = &t->done.head;
    bool lost = false;

    while (*link) {
        struct piece *p = *link;

        if (p->stream || p->range.n - first->n >= count) {
            link = &p->next;
            continue;
        }
        /* A range cut by --limit is done as far as it was meant to be. */
        if (p->range.n == first->n && first->begin >= p->range.end) {
            link = &p->next;
            continue;
        }
        list_cut(&t->done, link);
        tally_remove(&t->report.tally, &p->tally);
        tally_remove(&a->committed, &p->tally);
        p->tally = (struct tally){0};
        p->range.hash_from = p->range.begin;
        list_push(&a->again, p);
        lost = true;
    }
    return lost;
}
