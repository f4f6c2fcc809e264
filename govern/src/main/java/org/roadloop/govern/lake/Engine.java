package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.duckdb.DuckDBConnection;

/** One DuckDB in memory with bounded resources, and Arrow's allocator beside it. Any thread. */
final class Engine implements AutoCloseable {
    private final DuckDBConnection root;
    private final BufferAllocator allocator = new RootAllocator();

    Engine(LakeSettings settings, Path spillDirectory) {
        try {
            Connection connection = DriverManager.getConnection("jdbc:duckdb:");
            root = connection.unwrap(DuckDBConnection.class);
            try (Statement statement = root.createStatement()) {
                statement.execute("SET memory_limit = '" + settings.memoryMegabytes() + "MB'");
                statement.execute("SET threads = " + settings.threads());
                statement.execute("SET temp_directory = " + Sql.text(spillDirectory.toString()));
                statement.execute("SET autoinstall_known_extensions = false");
                statement.execute("SET autoload_known_extensions = false");
            }
        } catch (SQLException e) {
            throw new LakeException("cannot start the embedded query engine", e);
        }
    }

    /** A connection of its own for one thread; close it. */
    DuckDBConnection connect() {
        try {
            return root.duplicate();
        } catch (SQLException e) {
            throw new LakeException("cannot open a connection to the embedded query engine", e);
        }
    }

    BufferAllocator allocator() {
        return allocator;
    }

    @Override
    public void close() {
        try {
            root.close();
        } catch (SQLException e) {
            throw new LakeException("cannot close the embedded query engine", e);
        } finally {
            allocator.close();
        }
    }
}
