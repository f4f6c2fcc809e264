package org.roadloop.app.catalog;

import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.descriptor.CroissantView;
import org.roadloop.core.descriptor.CsvwView;
import org.roadloop.core.descriptor.DcatView;
import org.roadloop.core.descriptor.ProductRecord;
import org.roadloop.core.descriptor.RegistrationPage;
import org.roadloop.core.descriptor.RegistrationSheet;
import org.roadloop.core.descriptor.SheetLayout;
import org.roadloop.core.descriptor.View;

/** An own product as others want it described (产品描述接口). */
public final class DescriptorRoutes {
    /** What the view's profile demands and nobody has said, separated by commas. */
    public static final String MISSING = "Roadloop-Missing";

    private static final String DESCRIPTOR_SCHEMA =
            """
            {"type":"object","description":"the view as JSON or JSON-LD; dcat as text/turtle and\
             registration as text/html by Accept. The header Roadloop-Missing names what the\
             view's profile demands and nobody has said"}
            """;

    private final ProductRecords records;
    private final SheetLayout layout;

    public DescriptorRoutes(ProductRecords records, SheetLayout layout) {
        this.records = records;
        this.layout = layout;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/assets/{id}/descriptor",
                                Role.PROVIDER,
                                "An asset described: ?view=dcat, croissant, csvw or registration,"
                                        + " ?version=N",
                                this::descriptor)
                        .schemas("", DESCRIPTOR_SCHEMA)
                        .alsoFor(Role.AUDITOR));
    }

    private void descriptor(Context c) {
        View view = view(c.queryParam("view"));
        ProductRecord product = product(c.pathParam("id"), version(c.queryParam("version")));
        String missing =
                String.join(
                        ", ",
                        view == View.REGISTRATION
                                ? RegistrationSheet.of(product, layout).missing()
                                : product.missing(view));
        try {
            write(c, view, product);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("view_not_of_kind", String.valueOf(e.getMessage()));
        }
        if (!missing.isEmpty()) {
            c.header(MISSING, missing);
        }
    }

    private void write(Context c, View view, ProductRecord product) {
        switch (view) {
            case DCAT -> {
                if (accepted(c, DcatView.JSON_LD, DcatView.TURTLE).equals(DcatView.TURTLE)) {
                    c.contentType(DcatView.TURTLE + "; charset=utf-8");
                    c.result(DcatView.turtle(product));
                } else {
                    c.contentType(DcatView.JSON_LD);
                    c.result(DcatView.jsonLd(product).toString());
                }
            }
            case CROISSANT -> {
                accepted(c, DcatView.JSON_LD);
                c.contentType(DcatView.JSON_LD).result(CroissantView.write(product).toString());
            }
            case CSVW -> {
                accepted(c, CsvwView.MEDIA_TYPE);
                c.contentType(CsvwView.MEDIA_TYPE).result(CsvwView.write(product).toString());
            }
            case REGISTRATION -> {
                RegistrationSheet sheet = RegistrationSheet.of(product, layout);
                if (accepted(c, "application/json", "text/html").equals("text/html")) {
                    c.contentType("text/html; charset=utf-8");
                    c.result(RegistrationPage.write(sheet));
                } else {
                    c.contentType("application/json").result(sheet.json().toString());
                }
            }
        }
    }

    private static String accepted(Context c, String... offered) {
        String accept = c.header("Accept");
        return Accept.of(accept == null ? "" : accept)
                .best(offered)
                .orElseThrow(
                        () ->
                                new Problem(
                                        406,
                                        "not_acceptable",
                                        "this view is to be had as "
                                                + String.join(" or ", offered)));
    }

    private ProductRecord product(String assetId, int version) {
        try {
            return records.get(assetId, version);
        } catch (NoSuchElementException e) {
            throw Problem.notFound("asset_unknown", String.valueOf(e.getMessage()));
        }
    }

    private static View view(@Nullable String name) {
        return Arrays.stream(View.values())
                .filter(view -> view.word().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                Problem.badRequest(
                                        "unknown_view",
                                        (name == null ? "no view" : "'" + name + "' is no view")
                                                + ": ask with ?view= for one of "
                                                + Arrays.stream(View.values())
                                                        .map(View::word)
                                                        .collect(Collectors.joining(", "))));
    }

    private static int version(@Nullable String number) {
        if (number == null) {
            return 0;
        }
        if (!number.matches("[1-9][0-9]{0,8}")) {
            throw Problem.badRequest("invalid_version", "version is a number from 1");
        }
        return Integer.parseInt(number);
    }
}
