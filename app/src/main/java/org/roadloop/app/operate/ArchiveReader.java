package org.roadloop.app.operate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.http.Json;
import tools.jackson.core.JacksonException;

/** Reads a backup and compares every byte with the manifest. One thread. */
final class ArchiveReader {
    private final Path file;

    ArchiveReader(Path file) {
        this.file = file;
    }

    /** Where the bytes of an entry go. */
    private interface Target {
        OutputStream open(String name) throws IOException;
    }

    /**
     * Reads everything and writes nothing.
     *
     * @throws ArchiveException naming the first entry that differs
     */
    Manifest verify() throws IOException {
        return read(name -> OutputStream.nullOutputStream());
    }

    /** Verifies while writing the files below a folder, each with mode 0600. */
    Manifest extract(Path folder) throws IOException {
        return read(name -> create(folder, name));
    }

    private static OutputStream create(Path folder, String name) throws IOException {
        Path target = folder.resolve(name).normalize();
        Path parent = target.getParent();
        if (!target.startsWith(folder) || target.equals(folder) || parent == null) {
            throw new ArchiveException(
                    "entry '" + name + "' points outside the home: not a backup");
        }
        PrivateFiles.folder(parent);
        Files.createFile(
                target,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.newOutputStream(target, StandardOpenOption.WRITE);
    }

    private Manifest read(Target target) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Manifest manifest = manifest(zip);
            Map<String, Manifest.Item> expected = new LinkedHashMap<>();
            manifest.files().forEach(item -> expected.put(item.path(), item));
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().equals(Manifest.NAME)) {
                    continue;
                }
                Manifest.Item item = expected.remove(entry.getName());
                if (item == null) {
                    throw new ArchiveException(
                            "entry '"
                                    + entry.getName()
                                    + "' of "
                                    + file
                                    + " is not in its manifest");
                }
                copy(zip, entry, item, target);
            }
            if (!expected.isEmpty()) {
                throw new ArchiveException(
                        "file '"
                                + expected.keySet().iterator().next()
                                + "' is missing from "
                                + file);
            }
            return manifest;
        }
    }

    private Manifest manifest(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(Manifest.NAME);
        if (entry == null) {
            throw new ArchiveException(
                    file + " has no " + Manifest.NAME + ": it is no backup, or was cut short");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            var tree = Json.mapper().readTree(in.readAllBytes());
            int format = tree.path("format").asInt(0);
            if (format != Manifest.FORMAT) {
                throw new ArchiveException(
                        file
                                + " has archive format "
                                + format
                                + ", this build reads "
                                + Manifest.FORMAT
                                + "; restore it with the build that made it");
            }
            return Json.mapper().treeToValue(tree, Manifest.class);
        } catch (JacksonException e) {
            throw new ArchiveException(
                    file + " has a damaged " + Manifest.NAME + ": " + e.getOriginalMessage());
        }
    }

    private void copy(ZipFile zip, ZipEntry entry, Manifest.Item item, Target target)
            throws IOException {
        MessageDigest digest = ArchiveWriter.sha256();
        long bytes;
        try (InputStream in = new DigestInputStream(zip.getInputStream(entry), digest);
                OutputStream out = target.open(entry.getName())) {
            bytes = in.transferTo(out);
        } catch (java.util.zip.ZipException e) {
            throw new ArchiveException(
                    "file '" + item.path() + "' of " + file + " is damaged: " + e.getMessage());
        }
        if (bytes != item.bytes()
                || !HexFormat.of().formatHex(digest.digest()).equals(item.sha256())) {
            throw new ArchiveException(
                    "file '"
                            + item.path()
                            + "' of "
                            + file
                            + " is not what the manifest says ("
                            + bytes
                            + " of "
                            + item.bytes()
                            + " bytes, or another SHA-256); take"
                            + " another backup");
        }
    }
}
