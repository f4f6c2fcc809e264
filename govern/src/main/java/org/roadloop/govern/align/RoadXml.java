package org.roadloop.govern.align;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads a road network's XML from front to end (XML 读取): no document type, no entity from outside,
 * and every fault with its line. One thread.
 */
final class RoadXml implements AutoCloseable {
    private final String name;
    private final InputStream file;
    private final XMLStreamReader xml;

    /**
     * @param path plain, or compressed if its name ends in {@code .gz}
     */
    RoadXml(Path path) {
        name = String.valueOf(path.getFileName());
        try {
            InputStream plain = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
            file = name.endsWith(".gz") ? new GZIPInputStream(plain, 1 << 16) : plain;
            XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            factory.setProperty(XMLInputFactory.IS_COALESCING, true);
            xml = factory.createXMLStreamReader(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("road network '" + name + "' cannot be opened", e);
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException("road network '" + name + "' is no XML", e);
        }
    }

    /** The next start or end of an element; false at the end of the file. */
    boolean next() {
        try {
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.DTD) {
                    throw fault("a document type is not read; take the DOCTYPE out");
                }
                if (event == XMLStreamConstants.START_ELEMENT
                        || event == XMLStreamConstants.END_ELEMENT) {
                    return true;
                }
            }
            return false;
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException(
                    name + ":" + e.getLocation().getLineNumber() + ": the XML is broken here", e);
        }
    }

    boolean starts(String element) {
        return xml.isStartElement() && xml.getLocalName().equals(element);
    }

    boolean ends(String element) {
        return xml.isEndElement() && xml.getLocalName().equals(element);
    }

    /** Name of the element that starts or ends here. */
    String element() {
        return xml.getLocalName();
    }

    boolean isStart() {
        return xml.isStartElement();
    }

    /** The text of an element that has no elements in it. */
    String text() {
        try {
            return xml.getElementText().trim();
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException(
                    name + ":" + e.getLocation().getLineNumber() + ": text was expected here", e);
        }
    }

    @Nullable String find(String attribute) {
        return xml.getAttributeValue(null, attribute);
    }

    String get(String attribute) {
        String value = find(attribute);
        if (value == null) {
            throw fault("<" + xml.getLocalName() + "> has no " + attribute);
        }
        return value;
    }

    double number(String attribute) {
        return number(attribute, get(attribute));
    }

    double number(String attribute, double otherwise) {
        String text = find(attribute);
        return text == null ? otherwise : number(attribute, text);
    }

    private double number(String attribute, String text) {
        double value;
        try {
            value = Double.parseDouble(text.trim());
        } catch (NumberFormatException e) {
            throw fault(attribute + " of <" + xml.getLocalName() + "> is no number");
        }
        if (!Double.isFinite(value)) {
            throw fault(attribute + " of <" + xml.getLocalName() + "> is not finite");
        }
        return value;
    }

    /** Points as SUMO writes them: {@code x,y x,y} or {@code x,y,z x,y,z}. */
    double[][] shape(String attribute) {
        String[] points = get(attribute).trim().split("\\s+");
        double[][] shape = new double[2][points.length];
        for (int i = 0; i < points.length; i++) {
            String[] numbers = points[i].split(",");
            if (numbers.length < 2) {
                throw fault(attribute + " has a point that is not x,y");
            }
            shape[0][i] = number(attribute, numbers[0]);
            shape[1][i] = number(attribute, numbers[1]);
        }
        return shape;
    }

    IllegalArgumentException fault(String what) {
        return new IllegalArgumentException(
                name + ":" + xml.getLocation().getLineNumber() + ": " + what);
    }

    @Override
    public void close() {
        try {
            xml.close();
            file.close();
        } catch (XMLStreamException | IOException e) {
            throw new IllegalStateException("cannot close road network '" + name + "'", e);
        }
    }
}
