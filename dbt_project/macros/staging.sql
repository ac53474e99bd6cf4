{# The newest version of each FHIR resource of one type: by versionId, then
   lastUpdated. A resource is left out when it was deleted: when a deletion is not
   older than its newest version, by lastUpdated where both have one, else by
   arrival. Older versions and deletions stay in raw. #}
{% macro newest_fhir(resources, resource_type) -%}
    (
        select *
        from {{ newest_version(
            "(select * from " ~ resources ~ " where resource_type = '"
            ~ resource_type ~ "' and change is null) as fhir_versions",
            "resource_id",
            ["try_cast(version_id as bigint)", to_utc("last_updated")],
            "md5(resource)",
        ) }} as newest_versions
        where
            not exists (
                select 1
                from {{ resources }} as deletions
                where
                    deletions.resource_type = '{{ resource_type }}'
                    and deletions.change = 'delete'
                    and deletions._data_source = newest_versions._data_source
                    and deletions.resource_id = newest_versions.resource_id
                    and coalesce(
                        {{ to_utc(
                            "deletions.last_updated", "deletions._time_zone"
                        ) }}
                        >= {{ to_utc(
                            "newest_versions.last_updated",
                            "newest_versions._time_zone"
                        ) }},
                        deletions._loaded_at >= newest_versions._loaded_at
                    )
            )
    )
{%- endmacro %}

{# The newest version of each row of a canonical feed: by its version time where the
   feed has one. Older versions, and rows without an id, which an expectation
   reports, stay in raw. #}
{% macro newest_row(feed, id_column, version_column=none) -%}
    {{ newest_version(
        "(select * from " ~ feed ~ " where nullif(trim(" ~ id_column
        ~ "), '') is not null) as feed_versions",
        "trim(" ~ id_column ~ ")",
        [to_utc(version_column)] if version_column else [],
        "md5(cast(row(*columns(* exclude ("
        ~ "_file_id, _position, _data_source, _batch_id, _loaded_at, _time_zone, "
        ~ "_submitter_zone"
        ~ "))) as varchar))",
    ) }}
{%- endmacro %}

{# A date or time as text, null when it is the last day of the calendar, which
   stands for never: what goes on would else be newer than its own end. #}
{% macro unless_never(column) -%}
    nullif(regexp_replace({{ column }}, '^ *9999-12-3.*$', ''), '')
{%- endmacro %}

{# The newest of the rows with the same id, the same one in whatever order they came:
   the highest version, else the least content hash, and of equal rows the one with
   the least file id and position. Only rows without any version are ranked by
   arrival, as there a later delivery is news: by batch, file id and position.
   `_loaded_at` becomes the last time that the row came with this content. #}
{% macro newest_version(versions, id, version_columns, content) -%}
    (
        select
            * exclude (
                {%- for _ in version_columns %}version_{{ loop.index }}, {% endfor -%}
                content_hash, last_arrival, version_rank
            )
            replace (last_arrival._loaded_at as _loaded_at)
        from (
            select
                *,
                row_number() over (
                    partition by _data_source, {{ id }}
                    order by
                        {%- for _ in version_columns %}
                        version_{{ loop.index }} desc nulls last,
                        {%- endfor %}
                        case
                            when true
                                {%- for _ in version_columns %}
                                and version_{{ loop.index }} is null
                                {%- endfor %}
                                then last_arrival
                        end desc nulls last,
                        content_hash asc,
                        _file_id asc,
                        _position asc
                ) as version_rank
            from (
                select
                    *,
                    max({
                        '_loaded_at': _loaded_at,
                        '_file_id': _file_id,
                        '_position': _position
                    }) over (
                        partition by _data_source, {{ id }}, content_hash
                    ) as last_arrival
                from (
                    select
                        *,
                        {%- for version in version_columns %}
                        {{ version }} as version_{{ loop.index }},
                        {%- endfor %}
                        {{ content }} as content_hash
                    from {{ versions }}
                ) as hashed_versions
            ) as arrived_versions
        ) as ranked_versions
        where version_rank = 1
    )
{%- endmacro %}

{# Trimmed text, null when empty. #}
{% macro clean(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{# The columns that say where a row came from. #}
{% macro lineage() -%}
    _file_id as source_file_id,
    _position as source_position,
    _loaded_at as loaded_at
{%- endmacro %}

{# Yes and no as senders write it; anything else is unknown. #}
{% macro truth_value(column) -%}
    case
        when lower(trim({{ column }})) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim({{ column }})) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}

{# The deliveries of the records that came in more than one version: the rows from
   which a status history can be read. Records that came once, or several times as
   the same version, are left out before anything is computed on their text. Only
   rows without any version may differ in nothing else than their content. #}
{% macro versioned_rows(rows, id_columns, version_columns, condition="true") -%}
    (
        select deliveries.*
        from (select * from {{ rows }} where {{ condition }}) as deliveries
        inner join (
            select {{ id_columns | join(", ") }}
            from {{ rows }}
            where {{ condition }}
            group by {{ id_columns | join(", ") }}
            having
                count(*) > 1
                and (
                    {%- for version in version_columns %}
                    min(coalesce({{ version }}, '')) <> max(coalesce({{ version }}, ''))
                    or
                    {%- endfor %}
                    (
                        true
                        {%- for version in version_columns %}
                        and max({{ version }}) is null
                        {%- endfor %}
                    )
                )
        ) as versioned
            on
                {%- for column in id_columns %}
                {% if not loop.first %}and {% endif -%}
                deliveries.{{ column }} = versioned.{{ column }}
                {%- endfor %}
    )
{%- endmacro %}

{# A text as a value of a type; null when it cannot be read as one. #}
{% macro cast_or_null(text, type) -%}
    try_cast({{ text }} as {{ type }})
{%- endmacro %}

{# A text as an amount of money; null when it is none. #}
{% macro money(text) -%}
    {{ cast_or_null(text, 'decimal(18, 2)') }}
{%- endmacro %}

{# The natural logarithm of a number. #}
{% macro natural_logarithm(number) -%}
    ln({{ number }})
{%- endmacro %}
