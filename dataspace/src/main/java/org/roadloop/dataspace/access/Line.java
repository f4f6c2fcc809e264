package org.roadloop.dataspace.access;

import io.javalin.http.Context;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/** The connection under a request (连接), for ending it while its thread waits for a slow reader. */
public final class Line {
    private Line() {}

    /** Closes the connection at once, from any thread; what is not sent yet is dropped. */
    public static Runnable cutter(Context ctx) {
        EndPoint line =
                ServletContextRequest.getServletContextRequest(ctx.req())
                        .getConnectionMetaData()
                        .getConnection()
                        .getEndPoint();
        return () -> line.close(new IOException("the connection was cut"));
    }
}
