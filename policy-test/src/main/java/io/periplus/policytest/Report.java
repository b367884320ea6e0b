package io.periplus.policytest;

import io.periplus.api.why.WhyJson;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results for people and for machines. */
record Report(List<Result> results, List<String> warnings) {
    long failed() {
        return results.stream().filter(result -> !result.passed()).count();
    }

    /** One line per case, the explanation under those that fail. */
    void print(PrintStream out) {
        for (Result result : results) {
            out.println((result.passed() ? "ok    " : "FAIL  ") + result.name());
            if (!result.passed()) {
                explanation(result).forEach(line -> out.println("      " + line));
            }
        }
        out.println(results.size() + (results.size() == 1 ? " case, " : " cases, ") + failed() + " failed");
    }

    private static List<String> explanation(Result result) {
        List<String> lines = new java.util.ArrayList<>();
        lines.add(String.valueOf(result.problem()));
        lines.add(result.reason());
        result.judgements()
                .forEach(judgement -> judgement
                        .considered()
                        .forEach(policy -> lines.add(
                                (policy.decided() ? "> " : "  ") + policy.why() + " (" + judgement.point() + ")")));
        result.advice().forEach(advice -> lines.add("- " + advice));
        lines.add("(" + result.where() + ")");
        return lines;
    }

    /** All that is known, as JSON. */
    void json(PrintStream out) throws IOException {
        out.println(Documents.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(WhyJson.tree(this)));
    }

    /** The XML that CI systems read, as JUnit's Ant task writes it. */
    void junit(Path file) throws IOException {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "periplus policy test");
            xml.writeAttribute("tests", Integer.toString(results.size()));
            xml.writeAttribute("failures", Long.toString(failed()));
            for (Result result : results) {
                xml.writeStartElement("testcase");
                xml.writeAttribute("classname", result.where());
                xml.writeAttribute("name", result.name());
                if (!result.passed()) {
                    xml.writeStartElement("failure");
                    xml.writeAttribute("message", String.valueOf(result.problem()));
                    xml.writeCharacters(String.join("\n", explanation(result)));
                    xml.writeEndElement();
                }
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
        Files.writeString(file, text.toString());
    }
}
