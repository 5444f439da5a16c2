#!/bin/sh
# Waits until Temporal serves (about a minute at most), then makes the namespace of this installation and its search
# attributes; safe to run again.
set -eu

namespace=${TEMPORAL_NAMESPACE:-perennial}
attempts=0
until said=$(temporal operator cluster health --address "$TEMPORAL_ADDRESS" --command-timeout 5s 2>&1); do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 60 ]; then
    echo "Temporal does not serve at $TEMPORAL_ADDRESS: $said" >&2
    exit 1
  fi
  sleep 1
done

if temporal operator namespace describe --namespace "$namespace" --address "$TEMPORAL_ADDRESS" >/dev/null 2>&1; then
  echo "the namespace $namespace is there"
else
  temporal operator namespace create --namespace "$namespace" --retention "${TEMPORAL_RETENTION:-30d}" --address "$TEMPORAL_ADDRESS"
fi

# The worker would add them as well; made here, they are known to every part of the server before the first workflow starts.
# A new namespace is known to every part of the server two seconds later; until then it is not found.
attempts=0
until known=$(temporal operator search-attribute list --namespace "$namespace" --address "$TEMPORAL_ADDRESS" 2>&1); do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 30 ]; then
    echo "the search attributes cannot be read: $known" >&2
    exit 1
  fi
  sleep 1
done
for attribute in PerennialModel:Keyword PerennialVersion:Keyword PerennialStage:Keyword PerennialTrigger:Keyword \
  PerennialVerdict:Keyword PerennialNeedsApproval:Bool PerennialScore:Double; do
  case $known in
    *"${attribute%%:*}"*) ;;
    *) temporal operator search-attribute create --namespace "$namespace" --address "$TEMPORAL_ADDRESS" --name "${attribute%%:*}" --type "${attribute##*:}" ;;
  esac
done
attempts=0
until said=$(temporal workflow count --namespace "$namespace" --address "$TEMPORAL_ADDRESS" --command-timeout 5s --query 'PerennialModel = "none"' 2>&1); do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 30 ]; then
    echo "the search attributes are not known yet: $said" >&2
    exit 1
  fi
  sleep 1
done
echo "the namespace $namespace is ready"
