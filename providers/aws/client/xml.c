#include "providers/aws/client/xml.h"

#include "engine/base/limits.h"

#include <expat.h>
#include <stdlib.h>

typedef struct Builder {
    Arena *arena;
    XML_Parser parser;
    XmlNode *root, *at;
    char *text; // of `at`
    uint32_t depth;
} Builder;

static Str local_name(const char *name) {
    const char *colon = strchr(name, ':');
    return str_of(colon ? colon + 1 : name);
}

static void on_start(void *ctx, const char *name, const char **attributes) {
    Builder *b = ctx;
    if (++b->depth > LIMIT_VALUE_DEPTH) {
        XML_StopParser(b->parser, XML_FALSE);
        return;
    }
    XmlNode *node = ARENA_NEW(b->arena, XmlNode);
    *node = (XmlNode){.name = str_copy(b->arena, local_name(name)), .parent = b->at};
    uint32_t n = 0;
    while (attributes[2 * n]) n++;
    XmlAttribute *copies = n ? ARENA_ARRAY(b->arena, XmlAttribute, n) : NULL;
    for (uint32_t i = 0; i < n; i++)
        copies[i] = (XmlAttribute){str_copy(b->arena, str_of(attributes[2 * i])),
                                   str_copy(b->arena, str_of(attributes[2 * i + 1]))};
    node->attributes = copies;
    node->attribute_count = n;
    if (!b->at)
        b->root = node;
    else if (b->at->last)
        b->at->last->next = node;
    else
        b->at->first = node;
    if (b->at) b->at->last = node;
    b->at = node;
}

static void on_end(void *ctx, const char *name) {
    Builder *b = ctx;
    (void)name;
    b->depth--;
    b->at = b->at->parent;
}

// AWS's elements have text or children, not both: what follows a child is indentation. So the text grows in one piece.
static void on_text(void *ctx, const char *text, int n) {
    Builder *b = ctx;
    Str piece = str_make(text, (size_t)n);
    if (!b->at || b->at->first) return;
    Str *all = &b->at->text;
    char *p = all->n ? arena_grow(b->arena, b->text, all->n, all->n + piece.n) : arena_alloc(b->arena, piece.n);
    memcpy(p + all->n, piece.p, piece.n);
    b->text = p;
    *all = str_make(p, all->n + piece.n);
}

static void on_doctype(void *ctx, const char *name, const char *system_id, const char *public_id, int internal) {
    Builder *b = ctx;
    (void)name, (void)system_id, (void)public_id, (void)internal;
    XML_StopParser(b->parser, XML_FALSE);
}

const XmlNode *xml_parse(Arena *arena, Str text) {
    Builder b = {.arena = arena, .parser = XML_ParserCreate(NULL)};
    if (!b.parser) abort();
    XML_SetUserData(b.parser, &b);
    XML_SetElementHandler(b.parser, on_start, on_end);
    XML_SetCharacterDataHandler(b.parser, on_text);
    XML_SetStartDoctypeDeclHandler(b.parser, on_doctype);
    enum XML_Status status = XML_STATUS_OK;
    // expat counts in int.
    for (size_t at = 0; at < text.n && status == XML_STATUS_OK;) {
        size_t n = text.n - at < ((size_t)1 << 20) ? text.n - at : (size_t)1 << 20;
        status = XML_Parse(b.parser, text.p + at, (int)n, at + n == text.n);
        at += n;
    }
    XML_ParserFree(b.parser);
    return status == XML_STATUS_OK ? b.root : NULL;
}

const XmlNode *xml_child(const XmlNode *node, Str name) {
    for (const XmlNode *child = node ? node->first : NULL; child; child = child->next)
        if (str_eq(child->name, name)) return child;
    return NULL;
}

Str xml_text(const XmlNode *node, const char *child) {
    const XmlNode *found = xml_child(node, str_of(child));
    return found ? found->text : STR_NONE;
}

void xml_escape(Buf *out, Str text) {
    for (size_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '&': buf_z(out, "&amp;"); break;
        case '<': buf_z(out, "&lt;"); break;
        case '>': buf_z(out, "&gt;"); break;
        case '"': buf_z(out, "&quot;"); break;
        case '\r': buf_z(out, "&#xD;"); break;
        case '\n': buf_z(out, "&#xA;"); break;
        default: buf_char(out, text.p[i]);
        }
    }
}
