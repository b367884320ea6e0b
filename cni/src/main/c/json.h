// A reader of JSON (RFC 8259) that neither allocates nor builds a tree: it walks over a document once, and checks all of it.
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

// Deeper documents are refused, so that the reader's own stack has a bound.
#define JSON_DEPTH_MAX 64

struct json {
    const char *at;
    const char *end;
    int depth;
};

// Where a string is decoded to, with a zero at its end. What does not fit is cut off, and `cut` says so.
struct json_text {
    char *bytes;
    size_t capacity;
    size_t length;
    bool cut;
};

// All of these return false for what is not JSON, or not of the kind that is asked for; the reader is then of no more use.

// Walks over one value of any kind.
bool json_skip(struct json *json);

// Reads a string; `text` may be NULL.
bool json_string(struct json *json, struct json_text *text);

// Reads a number that is whole and from 0 to 2^31-1.
bool json_index(struct json *json, int *value);

// Takes `null` if that is what comes next.
bool json_take_null(struct json *json);

// Whether an object or array begins next, without taking anything.
bool json_at_object(struct json *json);
bool json_at_array(struct json *json);

// Begins an object or array. Then, until `*more` is false, one value is to be read for every call of json_member (which reads
// the key) or json_element.
bool json_begin(struct json *json, char bracket);
bool json_member(struct json *json, struct json_text *key, bool *more);
bool json_element(struct json *json, bool *more);

// Whether nothing but white space is left.
bool json_at_end(struct json *json);

#endif
