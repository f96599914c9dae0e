#include "engine/io/file.h"
#include "state/codec_object.h"
#include "state/crc32c.h"
#include "state/manager_internal.h"

static const JournalHead *base_head(const JournalContent *content) {
    for (uint32_t i = 0; i < content->heads.n; i++)
        if (content->heads.at[i].lineage.n) return &content->heads.at[i];
    return NULL;
}

// The first record whose outcome is not in the stored state: those before the saving of this very state are.
static uint32_t first_missing(const StateManager *m, const JournalContent *content) {
    uint32_t first = 0;
    for (uint32_t i = 0; m->found && i < content->records.n; i++) {
        const JournalRecord *r = &content->records.at[i];
        if (r->kind == JOURNAL_SAVING && r->serial == m->stored_serial && r->size == m->stored.n &&
            r->crc == crc32c(0, m->stored))
            first = i + 1;
    }
    return first;
}

static bool is_outcome(const JournalRecord *r) {
    return ((r->kind == JOURNAL_RESULT || r->kind == JOURNAL_FAILED) && (r->gone || r->has_object)) ||
           r->kind == JOURNAL_OUTPUTS;
}

static bool refuse(const StateManager *m, const JournalContent *content, uint32_t first, const JournalHead *base,
                   Diags *diags) {
    Buf list = buf_in(diags->arena);
    uint32_t n = 0;
    for (uint32_t i = first; i < content->records.n; i++) {
        const JournalRecord *r = &content->records.at[i];
        if (!is_outcome(r) || r->kind == JOURNAL_OUTPUTS || ++n > 10) continue;
        buf_format(&list, "\n  %.*s", STR_ARG(r->address));
        key_print(r->key, &list);
        buf_z(&list, r->gone ? " (destroyed)" : " (created or changed)");
    }
    if (n > 10) buf_format(&list, "\n  and %u more", n - 10);
    Str is = m->found ? str_format(diags->arena, "at serial %llu", (unsigned long long)m->stored_serial) : STR("gone");
    return diag_error(
        diags, "journal_mismatch", SPAN_NONE, "The state is not the one that an interrupted run worked on",
        "The journal \"%.*s\" holds what a run did before it was interrupted, on top of serial %llu of the "
        "state %.*s. That state is %.*s now, so somebody else has written it since and it is not known "
        "whether these are in it:%.*s\n\nCompare them with the state. When it is right as it is, remove "
        "the journal.",
        STR_ARG(m->store->journal_path), (unsigned long long)(base ? base->serial : 0), STR_ARG(m->store->where),
        STR_ARG(is), STR_ARG(buf_str(&list)));
}

static void apply_outcome(StateManager *m, const JournalRecord *r) {
    if (r->kind == JOURNAL_OUTPUTS) {
        codec_read_outputs(m->arena, r->outputs, m->snapshot);
        return;
    }
    if (r->gone) {
        snapshot_remove_object(m->snapshot, r->address, r->key, r->deposed);
        return;
    }
    StateResource *res = snapshot_put_resource(m->snapshot, r->module, r->data, r->type, r->name, r->provider);
    StateObject *o = snapshot_put_object(m->snapshot, res, r->key, r->deposed);
    InstanceKey key = o->key;
    Str deposed = o->deposed;
    *o = r->object;
    o->key = key;
    o->deposed = deposed;
}

// Writing without a lock while the run that owns the journal still goes on would tear its work apart.
static bool check_unlocked(StateManager *m, const char *path, bool *skip, Diags *diags) {
    *skip = false;
    if (m->locked || m->journal || !journal_in_use(path)) return true;
    *skip = true;
    if (!m->options.write) {
        diag_warn(diags, "journal_in_use", SPAN_NONE, "Another run is changing this state",
                  "A process that still runs is writing \"%s\". What it did so far may not be in the state yet.", path);
        return true;
    }
    return diag_error(diags, "journal_in_use", SPAN_NONE, "Another run is changing this state",
                      "A process that still runs is writing \"%s\". Wait for it to end.", path);
}

// The journal on this machine; when that has nothing to say, the copy that a run elsewhere left beside the state. A
// command that writes makes that copy its own.
static bool find_journal(StateManager *m, const char *path, JournalContent **content, Diags *diags) {
    if (!journal_read(m->arena, path, content, diags)) return false;
    Str copy = segments_fetch(m);
    if (!copy.n || (*content && (*content)->records.n)) return true;
    JournalContent *fetched;
    if (!journal_parse(m->arena, path, copy, &fetched, diags)) return false;
    if (!fetched || fetched->records.n == 0) return true;
    *content = fetched;
    if (!m->options.write) return true;
    manager_close_journal(m);
    return manager_make_folder(m, diags) &&
           file_write_durable(m->process, path, str_slice(copy, 0, fetched->good_size), 0600, diags) &&
           manager_open_journal(m, diags) && journal_sync_wait(m->journal);
}

bool manager_recover(StateManager *m, Diags *diags) {
    const char *path = str_to_z(m->arena, m->store->journal_path);
    JournalContent *content;
    bool skip;
    if (!check_unlocked(m, path, &skip, diags)) return false;
    if (skip) return true;
    if (!find_journal(m, path, &content, diags)) return false;
    if (!content || content->records.n == 0) return true;
    m->left = true;
    m->unknown_count = journal_unknown(m->arena, content, &m->unknown);
    uint32_t first = first_missing(m, content), outcomes = 0;
    for (uint32_t i = first; i < content->records.n; i++) outcomes += is_outcome(&content->records.at[i]);
    if (!outcomes) return true;
    const JournalHead *base = base_head(content);
    bool builds_on = base && (m->found ? str_eq(base->lineage, m->snapshot->lineage) && base->serial == m->stored_serial
                                       : base->serial == 0);
    if (!first && !builds_on) return refuse(m, content, first, base, diags);
    if (!m->found) m->snapshot->lineage = base->lineage;
    for (uint32_t i = first; i < content->records.n; i++)
        if (is_outcome(&content->records.at[i])) apply_outcome(m, &content->records.at[i]);
    return true;
}
