#include "json.h"

#include <limits.h>
#include <string.h>

static void white(struct json *json) {
    while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r')) {
        json->at++;
    }
}

static bool next_is(struct json *json, char wanted) {
    white(json);
    return json->at < json->end && *json->at == wanted;
}

static bool take(struct json *json, char wanted) {
    if (!next_is(json, wanted)) {
        return false;
    }
    json->at++;
    return true;
}

static bool digit(const struct json *json) {
    return json->at < json->end && *json->at >= '0' && *json->at <= '9';
}

static void put(struct json_text *text, char byte) {
    if (text == NULL) {
        return;
    }
    if (text->length + 1 >= text->capacity) {
        text->cut = true;
        return;
    }
    text->bytes[text->length++] = byte;
    text->bytes[text->length] = '\0';
}

static void put_utf8(struct json_text *text, unsigned point) {
    if (point < 0x80) {
        put(text, (char)point);
    } else if (point < 0x800) {
        put(text, (char)(0xc0 | point >> 6));
        put(text, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        put(text, (char)(0xe0 | point >> 12));
        put(text, (char)(0x80 | (point >> 6 & 0x3f)));
        put(text, (char)(0x80 | (point & 0x3f)));
    } else {
        put(text, (char)(0xf0 | point >> 18));
        put(text, (char)(0x80 | (point >> 12 & 0x3f)));
        put(text, (char)(0x80 | (point >> 6 & 0x3f)));
        put(text, (char)(0x80 | (point & 0x3f)));
    }
}

static bool hex4(struct json *json, unsigned *value) {
    if (json->end - json->at < 4) {
        return false;
    }
    *value = 0;
    for (int i = 0; i < 4; i++) {
        char c = *json->at++;
        unsigned one;
        if (c >= '0' && c <= '9') {
            one = (unsigned)(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            one = (unsigned)(c - 'a' + 10);
        } else if (c >= 'A' && c <= 'F') {
            one = (unsigned)(c - 'A' + 10);
        } else {
            return false;
        }
        *value = *value << 4 | one;
    }
    return true;
}

// What follows "\u": a code point, or a pair of surrogates. Half a pair is refused: it has no UTF-8. So is the zero, which would
// end a C string before its time.
static bool escaped_point(struct json *json, struct json_text *text) {
    unsigned point;
    if (!hex4(json, &point) || point == 0 || (point >= 0xdc00 && point <= 0xdfff)) {
        return false;
    }
    if (point >= 0xd800 && point <= 0xdbff) {
        unsigned low;
        if (json->end - json->at < 2 || json->at[0] != '\\' || json->at[1] != 'u') {
            return false;
        }
        json->at += 2;
        if (!hex4(json, &low) || low < 0xdc00 || low > 0xdfff) {
            return false;
        }
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    put_utf8(text, point);
    return true;
}

static bool escape(struct json *json, struct json_text *text) {
    static const char NAMES[] = "\"\\/bfnrt";
    static const char BYTES[] = "\"\\/\b\f\n\r\t";
    if (json->at == json->end) {
        return false;
    }
    char name = *json->at++;
    if (name == 'u') {
        return escaped_point(json, text);
    }
    const char *found = name == '\0' ? NULL : strchr(NAMES, name);
    if (found == NULL) {
        return false;
    }
    put(text, BYTES[found - NAMES]);
    return true;
}

bool json_string(struct json *json, struct json_text *text) {
    if (text != NULL) {
        text->length = 0;
        text->cut = false;
        text->bytes[0] = '\0';
    }
    if (!take(json, '"')) {
        return false;
    }
    while (json->at < json->end) {
        char byte = *json->at++;
        if (byte == '"') {
            return true;
        }
        if ((unsigned char)byte < 0x20) {
            return false;
        }
        if (byte != '\\') {
            put(text, byte);
        } else if (!escape(json, text)) {
            return false;
        }
    }
    return false;
}

static bool digits(struct json *json) {
    if (!digit(json)) {
        return false;
    }
    while (digit(json)) {
        json->at++;
    }
    return true;
}

static bool number(struct json *json) {
    take(json, '-');
    if (json->at < json->end && *json->at == '0') {
        json->at++;
    } else if (!digits(json)) {
        return false;
    }
    if (json->at < json->end && *json->at == '.') {
        json->at++;
        if (!digits(json)) {
            return false;
        }
    }
    if (json->at < json->end && (*json->at == 'e' || *json->at == 'E')) {
        json->at++;
        if (json->at < json->end && (*json->at == '+' || *json->at == '-')) {
            json->at++;
        }
        return digits(json);
    }
    return true;
}

bool json_index(struct json *json, int *value) {
    white(json);
    const char *from = json->at;
    if (!number(json)) {
        return false;
    }
    long long all = 0;
    for (const char *at = from; at < json->at; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        all = all * 10 + (*at - '0');
        if (all > INT_MAX) {
            return false;
        }
    }
    *value = (int)all;
    return true;
}

static bool literal(struct json *json, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0) {
        return false;
    }
    json->at += length;
    return true;
}

bool json_take_null(struct json *json) {
    return next_is(json, 'n') && literal(json, "null");
}

bool json_at_object(struct json *json) {
    return next_is(json, '{');
}

bool json_at_array(struct json *json) {
    return next_is(json, '[');
}

bool json_begin(struct json *json, char bracket) {
    return ++json->depth <= JSON_DEPTH_MAX && take(json, bracket);
}

// After the opening bracket or after a value: whether another one comes. The byte before tells which of the two it is.
static bool another(struct json *json, char open, char close, bool *more) {
    const char *before = json->at - 1;
    if (take(json, close)) {
        json->depth--;
        *more = false;
        return true;
    }
    *more = true;
    return *before == open || take(json, ',');
}

bool json_member(struct json *json, struct json_text *key, bool *more) {
    return another(json, '{', '}', more) && (!*more || (json_string(json, key) && take(json, ':')));
}

bool json_element(struct json *json, bool *more) {
    return another(json, '[', ']', more);
}

static bool skip_object(struct json *json) {
    bool more;
    if (!json_begin(json, '{')) {
        return false;
    }
    do {
        if (!json_member(json, NULL, &more) || (more && !json_skip(json))) {
            return false;
        }
    } while (more);
    return true;
}

static bool skip_array(struct json *json) {
    bool more;
    if (!json_begin(json, '[')) {
        return false;
    }
    do {
        if (!json_element(json, &more) || (more && !json_skip(json))) {
            return false;
        }
    } while (more);
    return true;
}

bool json_skip(struct json *json) {
    white(json);
    if (json->at == json->end) {
        return false;
    }
    switch (*json->at) {
        case '{':
            return skip_object(json);
        case '[':
            return skip_array(json);
        case '"':
            return json_string(json, NULL);
        case 't':
            return literal(json, "true");
        case 'f':
            return literal(json, "false");
        case 'n':
            return literal(json, "null");
        default:
            return number(json);
    }
}

bool json_at_end(struct json *json) {
    white(json);
    return json->at == json->end;
}
