package io.periplus.lab.apiserver.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.types.Version;
import java.util.List;

/** The columns of one type, and the cells of its objects: texts, numbers, flags or JSON values. */
interface Printer {
    List<Version.Column> columns();

    List<Object> cells(ObjectNode object);
}
