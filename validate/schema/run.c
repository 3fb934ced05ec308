/* run.c - the machine's frames; see run.h. */
#include "validate/schema/run.h"

#include <stdio.h>

#include "validate/schema/run_clean.h"

#define FRAMES_FIRST 32
#define WORDS_FIRST  64
#define WORDS_MAX    (1u << 28)
#define PLACE_MAX    400 /* bytes of a place in a message */

/* --- the stacks ----------------------------------------------------------- */

/* Twice the room for frames; they stay where they are when it fails. */
static bool more_frames(struct machine *m)
{
    uint32_t room = m->room_frames ? m->room_frames * 2 : FRAMES_FIRST;
    struct frame *frames;

    if (room > RUN_FRAMES_MAX)
        return false;
    frames = arena_array(m->scratch, room, struct frame);
    if (!frames)
        return false;
    if (m->n_frames)
        memcpy(frames, m->frames, m->n_frames * sizeof(*frames));
    m->frames = frames;
    m->room_frames = room;
    return true;
}

static bool more_words(struct machine *m, size_t n)
{
    size_t room = m->room_words ? m->room_words * 2 : WORDS_FIRST;
    uint64_t *words;

    while (room < m->n_words + n)
        room *= 2;
    if (room > WORDS_MAX)
        return false;
    words = arena_array(m->scratch, room, uint64_t);
    if (!words)
        return false;
    if (m->n_words)
        memcpy(words, m->words, m->n_words * sizeof(*words));
    m->words = words;
    m->room_words = (uint32_t)room;
    return true;
}

uint32_t run_words_take(struct machine *m, size_t n)
{
    uint32_t at = m->n_words;

    m->work -= (int64_t)n;
    if (m->work < 0 || (m->room_words - at < n && !more_words(m, n)))
        return NO_MARKS;
    memset(m->words + at, 0, n * sizeof(*m->words));
    m->n_words += (uint32_t)n;
    return at;
}

void run_marks_add(struct machine *m, uint32_t node, uint32_t from,
                   uint32_t into)
{
    size_t n = run_marks_size(m, node);

    m->work -= (int64_t)n;
    for (size_t i = 0; i < n; i++)
        m->words[into + i] |= m->words[from + i];
}

/* --- frames --------------------------------------------------------------- */

static void enter_scope(struct machine *m, struct frame *f, uint32_t scope)
{
    if (m->in_scope[scope])
        return;
    m->in_scope[scope] = true;
    m->scopes[m->n_scopes++] = scope;
    f->scoped = true;
}

enum next run_push(struct machine *m, uint32_t rule, uint32_t node,
                   uint32_t marks)
{
    const struct rule *r = &m->rules[rule];
    struct frame *f;

    if (--m->work < 0 || (m->n_frames == m->room_frames && !more_frames(m)))
        return NEXT_LIMIT;
    f = &m->frames[m->n_frames++];
    f->op = m->schema->ops + r->first;
    f->end = f->op + r->n;
    f->rule = rule;
    f->node = node;
    f->marks = marks;
    f->bottom = m->n_words;
    f->phase = PHASE_NEW;
    f->owns = f->scoped = false;
    if (r->scope)
        enter_scope(m, f, r->scope);
    if (!r->tracks || m->nodes[node].kind < JSON_ARRAY)
        return NEXT_FRAME;
    f->owns = true;
    f->outer = marks;
    f->marks = run_words_take(m, run_marks_size(m, node));
    return f->marks == NO_MARKS ? NEXT_LIMIT : NEXT_FRAME;
}

/* The innermost frame goes; what it took goes with it. */
static void pop(struct machine *m, bool success)
{
    struct frame *f = &m->frames[--m->n_frames];

    if (f->owns && success && f->outer != NO_MARKS)
        run_marks_add(m, f->node, f->marks, f->outer);
    m->n_words = f->bottom;
    if (f->scoped)
        m->in_scope[m->scopes[--m->n_scopes]] = false;
    m->back = success;
}

enum next run_limit(struct machine *m, uint32_t rule, const struct op *op,
                    uint32_t node)
{
    if (!m->limited)
        m->why = (struct failure){rule, node, 0, op->keyword};
    m->limited = true;
    return NEXT_LIMIT;
}

static enum next calling_op(struct machine *m, struct frame *f)
{
    switch ((enum op_code)f->op->code) {
    case OP_OBJECT: return run_object(m, f);
    case OP_MEMBERS: return run_members(m, f);
    case OP_ARRAY: return run_array(m, f);
    case OP_CONTAINS: return run_contains(m, f);
    case OP_DEPEND: return run_depend(m, f);
    case OP_CALL: return run_call(m, f, f->op->rule);
    case OP_DYNAMIC: return run_dynamic(m, f);
    case OP_ANY: return run_any(m, f);
    case OP_ONE: return run_one(m, f);
    case OP_NOT: return run_not(m, f);
    case OP_IF: return run_if(m, f);
    case OP_REST_ITEMS:
    case OP_REST_MEMBERS: return run_rest(m, f);
    default: return run_plain_op(m, f->rule, f->op, f->node);
    }
}

/* The ops of the innermost frame, up to its end or to another frame. */
static enum next run_frame(struct machine *m)
{
    struct frame *f = &m->frames[m->n_frames - 1];
    unsigned bit = 1u << m->nodes[f->node].kind;

    for (; f->op != f->end; f->op++) {
        enum next next;

        if (!(f->op->kinds & bit))
            continue;
        next = calling_op(m, f);
        if (next != NEXT_OP)
            return next;
        f->phase = PHASE_NEW;
    }
    return NEXT_OP;
}

/* Frames go until one expects that its try may fail. */
static bool unwind(struct machine *m)
{
    while (m->n_frames) {
        struct frame *f = &m->frames[m->n_frames - 1];

        if (f->phase == PHASE_TRY) {
            m->back = false;
            return true;
        }
        pop(m, false);
    }
    return false;
}

enum schema_result run_rule(struct machine *m, uint32_t rule, uint32_t node)
{
    enum next next = run_check(m, rule, node, NO_MARKS);

    if (next == NEXT_FRAME)
        next = run_push(m, rule, node, NO_MARKS);
    while (m->n_frames && next != NEXT_LIMIT) {
        next = run_frame(m);
        if (next == NEXT_OP)
            pop(m, true);
        else if (next == NEXT_FAIL) {
            /* The op that failed is no longer trying anything. */
            m->frames[m->n_frames - 1].phase = PHASE_NEW;
            if (!unwind(m))
                break;
        }
    }
    switch (next) {
    case NEXT_OP: return SCHEMA_VALID;
    case NEXT_FAIL: return SCHEMA_INVALID;
    default: break;
    }
    if (m->n_frames) {
        const struct frame *f = &m->frames[m->n_frames - 1];

        (void)run_limit(m, f->rule, f->op, f->node);
    }
    return SCHEMA_LIMIT;
}

/* --- the whole ------------------------------------------------------------ */

bool run_start(struct machine *m, const struct schema *s,
               const struct json_tape *t, struct arena *scratch)
{
    *m = (struct machine){
        .schema = s,
        .t = t,
        .rules = s->rules,
        .nodes = t->nodes,
        .scratch = scratch,
        .work = RUN_WORK + (int64_t)t->text.len * RUN_WORK_BYTE,
    };
    if (m->work > RUN_WORK_MAX)
        m->work = RUN_WORK_MAX;
    if (!s->n_scopes)
        return true;
    m->scopes = arena_array(scratch, s->n_scopes + 1, uint32_t);
    m->in_scope = arena_new(scratch, s->n_scopes + 1, uint8_t);
    return m->scopes && m->in_scope;
}

static void too_much(const struct machine *m, struct schema_mismatch *why)
{
    static const char words[] = " takes more work or memory than allowed";
    struct slice place;
    size_t room;
    char *text;

    *why = (struct schema_mismatch){
        .instance_pointer = slice_of("", 0),
        .schema_pointer = slice_of("", 0),
    };
    if (m->limited)
        run_explain(m, why);
    why->keyword = SLICE("limit");
    why->message = SLICE("checking it takes more work or memory than allowed");
    place = why->schema_pointer;
    room = place.len + sizeof(words) + 16;
    text = place.len && place.len <= PLACE_MAX ? arena_bytes(m->scratch, room)
                                               : NULL;
    if (!text)
        return;
    snprintf(text, room, "checking it by %s%.*s%s",
             place.ptr[0] == '/' ? "#" : "", (int)place.len, place.ptr, words);
    for (char *c = text; *c; c++)
        *c = (char)((unsigned char)*c < ' ' ? ' ' : *c);
    why->message = slice_of(text, strlen(text));
}

/* The place in the tape that the caller has. */
static uint32_t same_node(const struct json_tape *t, size_t at)
{
    uint32_t low = 0, high = t->n_nodes;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (t->nodes[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/*
 * Members that a later one overrides do not count.  They are rare, and to
 * look for them costs, so the tape is run as it is first: if it is valid
 * with them it is so without them, unless the schema is `careful`.
 */
enum schema_result schema_run(const struct schema *schema,
                              const struct json_tape *tape,
                              struct arena *scratch,
                              struct schema_mismatch *why)
{
    enum schema_result result = SCHEMA_LIMIT;
    struct json_tape clean = *tape;
    struct machine m = {.limited = false};
    enum clean_result cleaned;

    if (!schema->careful && run_start(&m, schema, tape, scratch))
        result = run_rule(&m, schema->start, 0);
    if (!schema->careful && result == SCHEMA_VALID && !m.dirty)
        return SCHEMA_VALID;
    cleaned = clean_tape(tape, scratch, &clean);
    if (cleaned == CLEAN_NO_ROOM)
        result = SCHEMA_LIMIT;
    else if ((cleaned == CLEAN_MADE || schema->careful || m.dirty) &&
             run_start(&m, schema, &clean, scratch)) {
        m.clean = true;
        result = run_rule(&m, schema->start, 0);
    }
    if (result == SCHEMA_INVALID && why) {
        run_explain(&m, why);
        why->node = same_node(tape, why->at);
    } else if (result == SCHEMA_LIMIT && why) {
        too_much(&m, why);
        why->node = same_node(tape, why->at);
    }
    return result;
}
