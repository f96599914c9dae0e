// XML of answers as a tree, bounded in depth; document type declarations are refused. Everything is in the arena.
#ifndef INFRA_AWS_CLIENT_XML_H
#define INFRA_AWS_CLIENT_XML_H

#include "engine/base/arena.h"
#include "engine/base/str.h"

typedef struct XmlAttribute {
    Str name, value; // the name as written, "xsi:type"
} XmlAttribute;

typedef struct XmlNode XmlNode;
struct XmlNode {
    Str name; // without a prefix
    Str text; // before the first child
    const XmlAttribute *attributes;
    uint32_t attribute_count;
    XmlNode *first, *last, *next, *parent;
};

// The root, or NULL when malformed or too deep.
const XmlNode *xml_parse(Arena *arena, Str text);
// The first child of that name, or NULL.
const XmlNode *xml_child(const XmlNode *node, Str name);
// The text of that child, empty when absent.
Str xml_text(const XmlNode *node, const char *child);

// Appends text or an attribute's value, escaped.
void xml_escape(Buf *out, Str text);

#endif
